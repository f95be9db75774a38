package io.greenroom.sample;

import io.greenroom.sample.Customer.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class RejectionsIT {

	@LocalServerPort
	private int port;

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					POST   | /shows/othello/seats/A1?buyer=Bob | 404 | There is no show 'othello'. On the programme:
					POST   | /shows/macbeth/seats/Z9?buyer=Bob | 404 | Show 'macbeth' has no seat 'Z9'. Ask for one from A1 to E10.
					POST   | /shows/macbeth/seats/A2           | 400 | Required parameter 'buyer' is not present.
					POST   | /shows/macbeth/seats/A2?buyer=    | 400 | A ticket needs a buyer
					POST   | /shows/macbeth/seats/A1?buyer=Bob | 409 | Seat A1 of 'macbeth' belongs to Ann. Ask for a free one.
					DELETE | /shows/macbeth/seats/A1?buyer=Bob | 409 | Seat A1 of 'macbeth' does not belong to Bob
					DELETE | /shows/macbeth/seats/B1?buyer=Bob | 409 | Seat B1 of 'macbeth' does not belong to Bob
					POST   | /shows/godot/seats/A1?buyer=Bob   | 409 | Seat A1 of 'godot' can't change hands
					POST   | /shows/macbeth/moves/soldOut      | 404 | The move 'soldOut' can't be requested.
					GET    | /shows/othello/live               | 404 | There is no show 'othello'.
					""")
	void aRejectionSaysWhatWasAskedWhatWasFoundAndWhatToDo(String method, String path, int status, String detail)
			throws Exception {
		try (Customer customer = new Customer(this.port)) {
			customer.post("/shows/macbeth/seats/A1?buyer=Ann"); // 409 from the second
																// time on
			Answer answer = switch (method) {
				case "GET" -> customer.get(path);
				case "POST" -> customer.post(path);
				default -> customer.delete(path);
			};
			assertThat(answer.status()).isEqualTo(status);
			assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
			assertThat(answer.json().get("detail").asString()).startsWith(detail);
		}
	}

	@Test
	void aRejectionChangesNothing() throws Exception {
		try (Customer customer = new Customer(this.port)) {
			customer.post("/shows/hamlet/seats/E10?buyer=Ann");
			customer.post("/shows/hamlet/seats/E10?buyer=Bob");
			customer.delete("/shows/hamlet/seats/E10?buyer=Bob");
			assertThat(customer.get("/shows/hamlet").json().at("/seats/49/buyer").asString()).isEqualTo("Ann");
		}
	}

}
