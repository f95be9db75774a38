package io.greenroom.sample;

import java.util.List;

import io.greenroom.keyed.Keyed;
import io.greenroom.sample.Customer.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** On an application of its own, whose seats nobody else buys. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "box-office.shows.medea.title=Medea")
class PerformanceIT {

	@LocalServerPort
	private int port;

	@Autowired
	private Keyed<String, Performance> performances;

	@Autowired
	private JdbcClient database;

	private Customer customer;

	@BeforeEach
	void open() {
		this.customer = new Customer(this.port);
	}

	@AfterEach
	void close() {
		this.customer.close();
	}

	@Test
	@DisplayName("S02 S04 S18 S28 a performance lives from the poster to the last curtain, and rejects what is not declared")
	void aWholeLife() throws Exception {
		try (LiveStream live = this.customer.watch("godot")) {
			live.untilState("announced");
			assertThat(this.customer.post("/shows/godot/seats/A1?buyer=Ann").json().get("title").asString())
				.isEqualTo("Not on sale");
			assertRejected("godot", "playing", "announced", List.of("onSale", "cancelled"));

			assertThat(move("godot", "onSale").status()).isEqualTo(200);
			assertThat(moves(live.untilState("onSale"))).containsExactly("playing", "cancelled");
			assertThat(this.customer.post("/shows/godot/seats/A1?buyer=Ann").status()).isEqualTo(200);

			assertThat(move("godot", "playing").status()).isEqualTo(200);
			assertThat(moves(live.untilState("playing"))).containsExactly("finished");
			assertThat(this.customer.post("/shows/godot/seats/A2?buyer=Ann").status()).isEqualTo(409);
			assertRejected("godot", "cancelled", "playing", List.of("finished"));

			assertThat(move("godot", "finished").json().get("state").asString()).isEqualTo("finished");
			assertThat(moves(live.untilState("finished"))).containsExactly("announced");
			assertRejected("godot", "onSale", "finished", List.of("announced"));

			assertThat(move("godot", "announced").json().get("free").asInt()).isEqualTo(50);
			live.untilState("announced"); // a new run
		}
	}

	@Test
	@DisplayName("R01 a play finishes by itself when its time is over, by the deadline in its row")
	void theCurtainFalls() throws Exception {
		try (LiveStream live = this.customer.watch("macbeth")) {
			assertThat(move("macbeth", "playing").status()).isEqualTo(200);
			live.untilState("playing");
			assertThat(this.performances.passivate("macbeth")).isTrue();
			int rows = this.database
				.sql("update greenroom_row set deadline_at = 1, version = version + 1 where key_ = 'macbeth'")
				.update();
			assertThat(rows).isOne();
			live.untilState("finished");
		}
	}

	@Test
	void theLastSeatMakesItSoldOutAndTheFirstOneBackReopensTheSale() throws Exception {
		try (LiveStream live = this.customer.watch("hamlet")) {
			for (String seat : Show.SEATS) {
				assertThat(this.customer.post("/shows/hamlet/seats/" + seat + "?buyer=Ann").status()).isEqualTo(200);
			}
			assertThat(moves(live.untilState("soldOut"))).containsExactly("playing", "cancelled");
			assertThat(move("hamlet", "onSale").json().get("title").asString()).isEqualTo("Sold out");

			assertThat(this.customer.delete("/shows/hamlet/seats/C5?buyer=Ann").status()).isEqualTo(204);
			live.untilState("onSale");
			assertThat(this.customer.post("/shows/hamlet/seats/C5?buyer=Bob").status()).isEqualTo(200);
			live.untilState("soldOut");
		}
	}

	private Answer move(String show, String to) throws Exception {
		return this.customer.post("/shows/" + show + "/moves/" + to);
	}

	private void assertRejected(String show, String to, String from, List<String> legal) throws Exception {
		Answer answer = move(show, to);
		assertThat(answer.status()).isEqualTo(409);
		assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
		assertThat(answer.json().get("from").asString("")).isEqualTo(from);
		assertThat(answer.json().get("to").asString()).isEqualTo(to);
		assertThat(answer.json().get("legal").valueStream().map(JsonNode::asString)).containsExactlyElementsOf(legal);
	}

	private static List<String> moves(JsonNode picture) {
		return picture.at("/show/moves").valueStream().map(JsonNode::asString).toList();
	}

}
