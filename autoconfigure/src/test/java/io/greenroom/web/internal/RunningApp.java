package io.greenroom.web.internal;

import java.io.InputStream;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.ConfigurableApplicationContext;

/** An application on a real server, and a client for it. */
final class RunningApp implements AutoCloseable {

	private static final String TOMCAT = "org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration";

	private static final String JETTY = "org.springframework.boot.jetty.autoconfigure.servlet.JettyServletWebServerAutoConfiguration";

	/**
	 * A property with which none of Greenroom is in the application, for {@code startOn}.
	 */
	static final String WITHOUT_STARTER = "spring.autoconfigure.exclude="
			+ ImportCandidates.load(AutoConfiguration.class, RunningApp.class.getClassLoader())
				.getCandidates()
				.stream()
				.filter((name) -> name.startsWith("io.greenroom."))
				.collect(Collectors.joining(","));

	private static final String HTTP2 = "server.http2.enabled";

	private final ConfigurableApplicationContext context;

	private final HttpClient client;

	private final URI base;

	private RunningApp(ConfigurableApplicationContext context) {
		this.context = context;
		this.base = URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port"));
		boolean http2 = context.getEnvironment().getProperty(HTTP2, Boolean.class, false);
		this.client = HttpClient.newBuilder()
			.version(http2 ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
			.cookieHandler(new CookieManager())
			.build();
	}

	static RunningApp start(Class<?> application, String... properties) {
		List<String> all = new ArrayList<>(Arrays.asList("server.port=0", "server.address=127.0.0.1",
				"spring.main.banner-mode=off", "spring.jmx.enabled=false"));
		all.addAll(Arrays.asList(properties));
		// As arguments, since they must win over application.properties.
		return new RunningApp(new SpringApplicationBuilder(application)
			.run(all.stream().map((property) -> "--" + property).toArray(String[]::new)));
	}

	/**
	 * As {@code start}, on a server and in a mode such as {@code jetty hop} or, over
	 * HTTP/2, {@code tomcat http2 hop}.
	 */
	static RunningApp startOn(String serverAndMode, Class<?> application, String... properties) {
		List<String> all = new ArrayList<>(Arrays.asList(properties));
		if (serverAndMode.startsWith("jetty")) {
			all.add("spring.autoconfigure.exclude=" + TOMCAT);
		}
		else {
			all.add("spring.autoconfigure.exclude=" + JETTY);
		}
		if (serverAndMode.contains(" http2")) {
			all.add(HTTP2 + "=true");
		}
		boolean hop = serverAndMode.endsWith("hop");
		all.add("greenroom.web.mode=" + (hop ? "hop" : "inline"));
		all.add("greenroom.web.server-threads=" + (hop ? "platform" : "virtual"));
		return start(application, all.toArray(String[]::new));
	}

	int port() {
		return this.base.getPort();
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	HttpResponse<String> get(String path, String... headers) throws Exception {
		return this.client.send(request(path, headers), HttpResponse.BodyHandlers.ofString());
	}

	/** As {@code get}, by a client with a limit of its own. */
	HttpResponse<String> getWithin(Duration limit, String path) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(this.base.resolve(path)).timeout(limit).build();
		return this.client.send(request, HttpResponse.BodyHandlers.ofString());
	}

	/**
	 * As {@code get}, on a connection of its own, and with much more time: servers follow
	 * endless causes until the heap is full.
	 */
	HttpResponse<String> getAlone(String path) throws Exception {
		HttpRequest patient = HttpRequest.newBuilder(this.base.resolve(path)).timeout(Duration.ofMinutes(2)).build();
		try (HttpClient alone = HttpClient.newBuilder().version(this.client.version()).build()) {
			return alone.send(patient, HttpResponse.BodyHandlers.ofString());
		}
	}

	CompletableFuture<HttpResponse<String>> getAsync(String path) {
		return this.client.sendAsync(request(path), HttpResponse.BodyHandlers.ofString());
	}

	<T> CompletableFuture<HttpResponse<T>> getAsync(String path, HttpResponse.BodyHandler<T> body) {
		return this.client.sendAsync(request(path), body);
	}

	HttpResponse<String> post(String path, String contentType, String body) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(this.base.resolve(path))
			.timeout(Duration.ofSeconds(20))
			.header("Content-Type", contentType)
			.POST(HttpRequest.BodyPublishers.ofString(body))
			.build();
		return this.client.send(request, HttpResponse.BodyHandlers.ofString());
	}

	HttpResponse<String> send(String method, String path) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(this.base.resolve(path))
			.timeout(Duration.ofSeconds(20))
			.method(method, HttpRequest.BodyPublishers.noBody())
			.build();
		return this.client.send(request, HttpResponse.BodyHandlers.ofString());
	}

	/** Posts a body; the pause is run before each part but the first. */
	HttpResponse<String> trickle(String path, Runnable pause) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(this.base.resolve(path))
			.timeout(Duration.ofSeconds(20))
			.header("Content-Type", "text/plain")
			.POST(HttpRequest.BodyPublishers.ofInputStream(() -> new HalvedBody(pause)))
			.build();
		return this.client.send(request, HttpResponse.BodyHandlers.ofString());
	}

	private HttpRequest request(String path, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(this.base.resolve(path)).timeout(Duration.ofSeconds(20));
		for (int i = 0; i < headers.length; i += 2) {
			request.header(headers[i], headers[i + 1]);
		}
		return request.build();
	}

	/** Closes the application and leaves the client, which may wait for answers. */
	void shutDown() {
		this.context.close();
	}

	@Override
	public void close() {
		this.client.shutdownNow();
		this.context.close();
	}

	private static final class HalvedBody extends InputStream {

		private final Runnable pause;

		private int left = 4;

		HalvedBody(Runnable pause) {
			this.pause = pause;
		}

		@Override
		public int read() {
			throw new UnsupportedOperationException();
		}

		@Override
		public int read(byte[] bytes, int offset, int length) {
			if (this.left == 0) {
				return -1;
			}
			if (--this.left < 3) {
				this.pause.run();
			}
			// Tomcat ends a connection with many small frames.
			int number = Math.min(length, 2048);
			Arrays.fill(bytes, offset, offset + number, (byte) 'x');
			return number;
		}

	}

}
