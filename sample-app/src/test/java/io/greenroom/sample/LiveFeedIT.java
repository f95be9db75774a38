package io.greenroom.sample;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/** Starts the application by itself, because one of its tests ends it. */
class LiveFeedIT {

	@Test
	@DisplayName("D06 an open page sees a seat change hands, a oneway note and a move")
	void anOpenPageSeesEveryChange() throws Exception {
		try (ConfigurableApplicationContext application = start();
				Customer customer = new Customer(port(application));
				LiveStream live = customer.watch("hamlet")) {
			live.until((picture) -> picture.at("/show/seats/0/buyer").isNull());
			customer.post("/shows/hamlet/seats/A1?buyer=Ann");
			live.until((picture) -> picture.at("/show/seats/0/buyer").asString("").equals("Ann"));
			assertThat(customer.post("/notes?text=Break+a+leg").status()).isEqualTo(202);
			live.until((picture) -> picture.at("/notes/0").asString("").equals("Break a leg"));
			customer.post("/shows/godot/moves/onSale"); // every page shows the whole
														// programme
			live.until((picture) -> picture.get("programme")
				.valueStream()
				.filter((line) -> line.get("id").asString().equals("godot"))
				.map((line) -> line.get("state"))
				.map(JsonNode::asString)
				.anyMatch("onSale"::equals));
		}
	}

	@Test
	void aPageThatHasGoneIsForgotten() throws Exception {
		try (ConfigurableApplicationContext application = start();
				Customer customer = new Customer(port(application))) {
			LiveFeed feed = application.getBean(LiveFeed.class);
			try (LiveStream live = customer.watch("hamlet")) {
				live.untilState("onSale");
				assertThat(feed.listeners()).isOne();
			}
			// The server notices at a write, so there has to be something to write.
			long end = System.nanoTime() + Customer.LIMIT.toNanos();
			for (int i = 0; feed.listeners() > 0 && System.nanoTime() < end; i++) {
				customer.post("/notes?text=" + i);
			}
			assertThat(feed.listeners()).isZero();
		}
	}

	@Test
	void anOpenPageDoesNotHoldUpTheShutdown() throws Exception {
		ConfigurableApplicationContext application = start();
		try (Customer customer = new Customer(port(application)); LiveStream live = customer.watch("hamlet")) {
			live.untilState("onSale");
			long start = System.nanoTime();
			application.close();
			assertThat(live.ends()).isTrue();
			// A shutdown that waits for the stream takes the whole 30 seconds.
			assertThat(System.nanoTime() - start).isLessThan(15_000_000_000L);
		}
		finally {
			application.close();
		}
	}

	private static ConfigurableApplicationContext start() {
		return new SpringApplicationBuilder(BoxOfficeApplication.class).run("--server.port=0");
	}

	private static int port(ConfigurableApplicationContext application) {
		return application.getEnvironment().getRequiredProperty("local.server.port", int.class);
	}

}
