package io.greenroom.sample;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/** What an operator sees and does, over HTTP. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class ActuatorIT {

	@LocalServerPort
	private int port;

	private final HttpClient client = HttpClient.newHttpClient();

	@Test
	@DisplayName("M04 the dump names handlers and pools, as JSON and in words")
	void dump() throws Exception {
		assertThat(get("application/json").body()).contains("\"name\":\"reports\"").contains("notebook", "performance");
		HttpResponse<String> words = get("text/plain");
		assertThat(words.statusCode()).isEqualTo(200);
		assertThat(words.body()).contains("Pools: ", "reports: 0 of 2 at work, 0 in line", "Handlers: ");
	}

	@Test
	@DisplayName("A pool is resized while the application runs, and a wrong size or name is a 400 that says why")
	void resize() throws Exception {
		HttpResponse<String> resized = post("guest-book", "{\"size\": 3}");
		assertThat(resized.statusCode()).isEqualTo(200);
		assertThat(resized.body()).contains("\"name\":\"guest-book\"", "\"size\":3");
		assertThat(get("text/plain").body()).contains("guest-book: 0 of 3 at work");
		assertThat(post("guest-book", "{\"size\": 0}").statusCode()).isEqualTo(400);
		assertThat(post("nobody", "{\"size\": 3}").statusCode()).isEqualTo(400);
		assertThat(post("guest-book", "{}").statusCode()).isEqualTo(400);
		assertThat(get("text/plain").body()).contains("guest-book: 0 of 3 at work");
	}

	private HttpResponse<String> get(String type) throws Exception {
		return send(request("").header("Accept", type));
	}

	private HttpResponse<String> post(String pool, String body) throws Exception {
		return send(request("/" + pool).header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body)));
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + "/actuator/greenroom" + path))
			.timeout(Customer.LIMIT);
	}

	private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
		return this.client.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

}
