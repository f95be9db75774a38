package io.greenroom.sample.race;

import java.util.List;

import io.greenroom.sample.Application;
import io.greenroom.sample.Customer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** The hero of the page, and the reason for all the rest. */
class RaceIT {

	@Test
	@DisplayName("D22 200 buyers at the same bean twice: the handler sells each seat once, and the bean without it sells seats twice")
	void theAnnotationIsTheDifference() throws Exception {
		try (Application application = Application.start(); Customer customer = new Customer(application.port())) {
			JsonNode race = customer.post("/race").json();
			assertThat(race.get("buyers").asInt()).isEqualTo(200);
			assertThat(tickets(race, "guarded")).hasSize(50).containsOnly(1);
			assertThat(tickets(race, "plain")).hasSize(50).anyMatch((sold) -> sold > 1);
			assertThat(tickets(customer.post("/race").json(), "guarded")).as("of a new desk").containsOnly(1);
		}
	}

	private static List<Integer> tickets(JsonNode race, String desk) {
		return race.get(desk).get("tickets").valueStream().map(JsonNode::asInt).toList();
	}

}
