package io.greenroom.keyed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.greenroom.actuate.internal.GreenroomDump;
import io.greenroom.actuate.internal.GreenroomEndpoint;
import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.autoconfigure.GreenroomEndpointAutoConfiguration;
import io.greenroom.autoconfigure.GreenroomMetricsAutoConfiguration;
import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.DeferredTimeoutException;
import io.greenroom.deferred.ReadOnly;
import io.greenroom.testkit.Until;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import jakarta.annotation.PreDestroy;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.stereotype.Component;
import org.springframework.stereotype.Service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What the guide to handlers by key says is what the code does, and what can be seen of
 * it.
 */
@Timeout(60)
class KeyedDocsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
				GreenroomMetricsAutoConfiguration.class, GreenroomEndpointAutoConfiguration.class))
		.withBean(SimpleMeterRegistry.class)
		.withBean(Rates.class)
		.withPropertyValues("management.endpoints.web.exposure.include=greenroom")
		.withUserConfiguration(Quotas.class, Gate.class);

	@Test
	void everyJavaBlockIsCompiledHere() throws IOException {
		String source = withoutIndent(
				Files.readString(Path.of("src/test/java/io/greenroom/keyed/KeyedDocsTests.java")));
		List<String> blocks = Pattern.compile("(?ms)^```java\\n(.*?)^```$")
			.matcher(Files.readString(Path.of("../docs/guide/keyed-handlers.md")))
			.results()
			.map((block) -> block.group(1))
			.filter((block) -> block.contains("class Quotas") || block.contains("class Gate"))
			.toList();
		assertThat(blocks).hasSizeGreaterThan(1)
			.allSatisfy((block) -> assertThat(source).contains(withoutIndent(block)));
	}

	private static String withoutIndent(String source) {
		return source.lines()
			.map((line) -> line.strip().replaceFirst("^static (?=class)", ""))
			.collect(Collectors.joining("\n"));
	}

	@Test
	@DisplayName("K01 the guide's quota counts for each client, and goes on where the instance before left it")
	void theGuide() {
		this.runner.run((context) -> {
			Gate gate = context.getBean(Gate.class);
			assertThat(gate.mayPass("ann")).isTrue();
			assertThat(gate.mayPass("ann")).isTrue();
			assertThat(gate.mayPass("ann")).isFalse();
			assertThat(gate.mayPass("bob")).isTrue();
			assertThat(gate.left("ann")).isZero();
			assertThat(gate.quotas.passivate("bob")).isTrue();
			assertThat(gate.left("bob")).isEqualTo(1);
			assertThat(gate.passLater("bob").get(20, TimeUnit.SECONDS)).isTrue();
			assertThat(gate.left("bob")).isZero();
		});
	}

	@Test
	@DisplayName("K10 meters and dump are by handler and its counts; keys are in messages, thread names and the busiest only")
	void whatIsSeen() {
		this.runner.run((context) -> {
			Keyed<String, Quotas> quotas = context.getBean(Gate.class).quotas;
			for (int i = 0; i < 200; i++) {
				quotas.get("client" + i).left();
			}
			quotas.passivate("client7");
			Rates rates = context.getBean(Rates.class);
			rates.hold = true;
			for (int i = 0; i < 60; i++) {
				quotas.deferred("client" + i).oneway().take();
			}
			MeterRegistry meters = context.getBean(SimpleMeterRegistry.class);
			assertThat(meters.getMeters()).isNotEmpty().allSatisfy((meter) -> {
				List<String> tags = meter.getId().getTags().stream().map(Tag::getValue).toList();
				assertThat(meter.getId() + "").doesNotContain("client");
				assertThat(tags).allSatisfy((tag) -> assertThat(tag).doesNotContain("["));
			});
			String name = context.getBeanNamesForType(Quotas.class)[0];
			Until.until("bodies to wait",
					() -> context.getBean(GreenroomEndpoint.class).dump(0).keyed().getFirst().busy() == 60);
			assertThat(meters.get("greenroom.keyed.active").tag("handler", name).gauge().value()).isEqualTo(200);
			assertThat(meters.get("greenroom.keyed.activation").tag("outcome", "success").timer().count())
				.isEqualTo(201);
			assertThat(meters.get("greenroom.keyed.passivations").tag("reason", "asked").counter().count())
				.isEqualTo(1);
			assertThat(meters.get("greenroom.deferred.calls").tag("handler", name).tag("method", "left").meters())
				.isNotEmpty();
			GreenroomDump dump = context.getBean(GreenroomEndpoint.class).dump(0);
			assertThat(dump.handlers()).isEmpty();
			assertThat(dump.keyed()).singleElement().satisfies((keyed) -> {
				assertThat(keyed.name()).isEqualTo(name);
				assertThat(keyed.active()).isEqualTo(200);
				assertThat(keyed.busiest()).hasSize(50)
					.allSatisfy((each) -> assertThat(each.name()).contains("[client"));
			});
			assertThat(dump.toString()).contains("200 keys active").contains("60 with something to do");
			Throwable late = catchThrowable(() -> quotas.deferred("client3").sync(Duration.ofMillis(20)).left());
			assertThat(late).isInstanceOf(DeferredTimeoutException.class).hasMessageContaining(name + "[client3].left");
			rates.hold = false;
		});
	}

	/** What may be used by whom, and what was. */
	static class Rates {

		final Map<String, Integer> used = new ConcurrentHashMap<>();

		volatile boolean hold;

		int limit(String client) {
			pause();
			return 2;
		}

		int used(String client) {
			return this.used.getOrDefault(client, 0);
		}

		void keep(String client, int used) {
			this.used.put(client, used);
		}

		void pause() {
			while (this.hold) {
				Thread.yield();
				java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
			}
		}

	}

	@Service
	@DeferredHandler(idle = "1h")
	static class Quotas {

		private final String client;

		private final Rates rates;

		private int used; // of one client, so there is no map and no lock

		Quotas(@Key String client, Rates rates) {
			this.client = client;
			this.rates = rates;
			this.used = rates.used(client);
		}

		boolean take() {
			if (this.used == this.rates.limit(this.client)) {
				return false;
			}
			this.used++;
			return true;
		}

		@ReadOnly
		int left() {
			return this.rates.limit(this.client) - this.used;
		}

		@PreDestroy
		void keep() {
			this.rates.keep(this.client, this.used);
		}

	}

	@Component
	static class Gate {

		private final Keyed<String, Quotas> quotas;

		Gate(Keyed<String, Quotas> quotas) {
			this.quotas = quotas;
		}

		boolean mayPass(String client) {
			return this.quotas.get(client).take(); // an ordinary call
		}

		int left(String client) {
			Deferred<Quotas> quota = this.quotas.deferred(client); // its handle
			return quota.sync(Duration.ofSeconds(1)).left();
		}

		CompletableFuture<Boolean> passLater(String client) {
			return this.quotas.deferred(client).async(Quotas::take);
		}

	}

}
