package io.greenroom.sample;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A customer of the box office: real HTTP from virtual threads, with a limit on every
 * wait.
 */
public final class Customer implements AutoCloseable {

	public static final Duration LIMIT = Duration.ofSeconds(30);

	private static final JsonMapper JSON = JsonMapper.shared();

	private final HttpClient http = HttpClient.newBuilder()
		.version(Version.HTTP_1_1)
		.connectTimeout(LIMIT)
		.executor(Executors.newVirtualThreadPerTaskExecutor())
		.build();

	private final int port;

	public Customer(int port) {
		this.port = port;
	}

	public Answer get(String path) throws IOException, InterruptedException {
		return send(request(path).GET());
	}

	public Answer post(String path) throws IOException, InterruptedException {
		return send(request(path).POST(BodyPublishers.noBody()));
	}

	public Answer postForm(String path, String form) throws IOException, InterruptedException {
		return send(request(path).header("Content-Type", "application/x-www-form-urlencoded")
			.POST(BodyPublishers.ofString(form)));
	}

	public Answer delete(String path) throws IOException, InterruptedException {
		return send(request(path).DELETE());
	}

	/** Opens the page's stream. */
	LiveStream watch(String show) throws IOException, InterruptedException {
		HttpResponse<Stream<String>> stream = this.http.send(request("/shows/" + show + "/live").GET().build(),
				BodyHandlers.ofLines());
		assertThat(stream.headers().firstValue("Content-Type")).as("what a browser takes for a stream")
			.hasValueSatisfying((type) -> assertThat(type).startsWith("text/event-stream"));
		return new LiveStream(stream.body());
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + path)).timeout(LIMIT);
	}

	private Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
		return new Answer(this.http.send(request.build(), BodyHandlers.ofString()));
	}

	@Override
	public void close() {
		this.http.shutdownNow();
	}

	/**
	 * What the box office said.
	 *
	 * @param response the whole response
	 */
	public record Answer(HttpResponse<String> response) {

		public int status() {
			return this.response.statusCode();
		}

		public String body() {
			return this.response.body();
		}

		public String header(String name) {
			return this.response.headers().firstValue(name).orElse("");
		}

		public JsonNode json() {
			return JSON.readTree(body());
		}

	}

}
