package io.greenroom.sample;

import java.util.List;

import io.greenroom.sample.Customer.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the page asks for, and the fields that its script reads. The show of its own gives
 * it an application of its own.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "box-office.shows.faust.title=Faust")
class PageIT {

	@LocalServerPort
	private int port;

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
	void theAddressOfTheHouseIsThePage() throws Exception {
		Answer page = this.customer.get("/");
		assertThat(page.status()).isEqualTo(200);
		assertThat(page.header("Content-Type")).startsWith("text/html");
		assertThat(page.body()).contains("<title>The box office");
	}

	@Test
	void thePictureHasWhatIsDrawn() throws Exception {
		try (LiveStream live = this.customer.watch("hamlet")) {
			JsonNode picture = live.untilState("onSale");
			assertThat(picture.at("/programme/0").propertyNames()).contains("id", "title", "state", "free", "node");
			assertThat(picture.at("/show").propertyNames()).contains("title", "state", "moves", "seats");
			assertThat(picture.at("/show/seats")).hasSize(50);
			assertThat(picture.at("/show/seats/0").propertyNames()).contains("seat", "buyer");
			assertThat(picture.at("/notes").isArray()).isTrue();
		}
	}

	@Test
	void theDiagramShowsWhereThePerformanceIs() throws Exception {
		Answer announced = this.customer.get("/shows/faust/diagram");
		assertThat(announced.status()).isEqualTo(200);
		assertThat(announced.header("Content-Type")).startsWith("image/svg+xml");
		assertThat(current(announced)).isEqualTo("announced");
		assertThat(this.customer.post("/shows/faust/moves/onSale").status()).isEqualTo(200);
		Answer onSale = this.customer.get("/shows/faust/diagram");
		assertThat(current(onSale)).isEqualTo("onSale");
		assertThat(onSale.body()).contains(">1\u00d7<");
		assertThat(this.customer.get("/shows/nobody/diagram").status()).isEqualTo(404);
	}

	@Test
	void whatIsAliveHasWhatIsCounted() throws Exception {
		JsonNode alive = this.customer.get("/actuator/greenroom?frames=0").json();
		assertThat(alive.at("/threads/0").propertyNames()).contains("name");
		assertThat(alive.at("/handlers/0").propertyNames()).contains("name", "queued");
		assertThat(alive.at("/states/0").propertyNames()).contains("state", "count");
		List<JsonNode> reports = alive.get("pools")
			.valueStream()
			.filter((pool) -> pool.get("name").asString().equals("reports"))
			.toList();
		assertThat(reports).singleElement()
			.satisfies((pool) -> assertThat(pool.propertyNames()).contains("size", "active", "queued"));
	}

	@Test
	void whatAUserCanBringAboutIsAnOrdinaryAnswer() throws Exception {
		assertThat(outcome(this.customer.post("/page/macbeth/seats/B1?buyer=Ann"))).isEmpty();
		assertThat(outcome(this.customer.post("/page/macbeth/seats/B1?buyer=Bob"))).isEqualTo("Seat taken");
		assertThat(outcome(this.customer.delete("/page/macbeth/seats/B1?buyer=Bob"))).isEqualTo("Not your seat");
		assertThat(outcome(this.customer.post("/page/macbeth/seats/B2?buyer="))).isEqualTo("No buyer");
		assertThat(outcome(this.customer.post("/page/godot/seats/B1?buyer=Ann"))).isEqualTo("Not on sale");
		Answer illegal = this.customer.post("/page/godot/moves/finished");
		assertThat(outcome(illegal)).isEqualTo("Illegal move");
		assertThat(illegal.json().get("detail").asString()).contains("announced", "finished");
		assertThat(outcome(this.customer.post("/page/macbeth/moves/playing"))).isEmpty();
		assertThat(this.customer.post("/page/nobody/seats/B1?buyer=Ann").status()).isEqualTo(200);
		assertThat(this.customer.post("/page/nobody/rush").status()).isEqualTo(404);
	}

	@Test
	@DisplayName("D22 200 buyers rush from the page: 50 have a seat, 150 come too late, and all seats can be handed back")
	void theRushAndTheWayBack() throws Exception {
		JsonNode rush = this.customer.post("/page/first-night/rush").json();
		assertThat(rush.get("served").asInt()).isEqualTo(50);
		assertThat(rush.get("tooLate").asInt()).isEqualTo(150);
		assertThat(outcome(this.customer.delete("/page/first-night/seats"))).isEmpty();
		assertThat(this.customer.get("/shows/first-night").json().get("seats").findValues("buyer"))
			.allMatch(JsonNode::isNull);
	}

	private static String outcome(Answer answer) {
		assertThat(answer.status()).isEqualTo(200);
		return answer.json().get("rejected").asString();
	}

	@Test
	void whatPeopleWriteNeverComesBackAsMarkup() throws Exception {
		String markup = "%3Cimg%20src=x%20onerror=alert(1)%3E";
		assertThat(this.customer.postForm("/coats", "coat=" + markup).header("Content-Type"))
			.startsWith("application/json");
		assertThat(this.customer.post("/shows/macbeth/seats/A1?buyer=" + markup).header("Content-Type"))
			.startsWith("application/json");
		Answer taken = this.customer.post("/shows/macbeth/seats/A1?buyer=Bob");
		assertThat(taken.body()).contains("<img");
		assertThat(taken.header("Content-Type")).startsWith("application/problem+json");
	}

	@Test
	void oneNodeHasNoNodesToShowOrKill() throws Exception {
		assertThat(this.customer.get("/nodes").status()).isEqualTo(404);
		assertThat(this.customer.post("/nodes/" + this.port + "/kill").status()).isEqualTo(404);
		assertThat(this.customer.get("/shows").json().findValuesAsString("node")).containsOnly("");
	}

	private static String current(Answer diagram) {
		String box = "class=\"state current\"";
		assertThat(diagram.body()).containsOnlyOnce(box);
		String after = diagram.body().substring(diagram.body().indexOf(box));
		String text = after.substring(after.indexOf("<text"));
		return text.substring(text.indexOf('>') + 1, text.indexOf("</text>"));
	}

}
