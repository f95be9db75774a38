package io.greenroom.sample;

import java.nio.file.Path;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** What is sold stays sold. */
class RestartIT {

	@Test
	@DisplayName("R01 R14 seats and states of all shows are after a restart what they were before, and a play that had begun goes on")
	void everythingIsWhereItWas(@TempDir Path folder) throws Exception {
		String database = "spring.datasource.url=jdbc:h2:file:" + folder.resolve("box-office") + ";WRITE_DELAY=0";
		JsonNode before;
		try (Application application = Application.start(database);
				Customer customer = new Customer(application.port())) {
			assertThat(customer.post("/shows/hamlet/seats/A1?buyer=Ann").status()).isEqualTo(200);
			assertThat(customer.post("/shows/hamlet/seats/A2?buyer=Bob").status()).isEqualTo(200);
			assertThat(customer.post("/shows/macbeth/moves/playing").status()).isEqualTo(200);
			assertThat(customer.post("/shows/godot/moves/cancelled").status()).isEqualTo(200);
			before = customer.get("/shows").json();
		}
		try (Application application = Application.start(database);
				Customer customer = new Customer(application.port())) {
			assertThat(customer.get("/shows").json()).isEqualTo(before);
			assertThat(before.findValuesAsString("state")).contains("onSale", "playing", "cancelled");
			assertThat(customer.post("/shows/hamlet/seats/A1?buyer=Eve").status()).isEqualTo(409);
			assertThat(customer.delete("/shows/hamlet/seats/A1?buyer=Ann").status()).isEqualTo(204);
			assertThat(customer.post("/shows/macbeth/moves/finished").status()).isEqualTo(200);
		}
	}

}
