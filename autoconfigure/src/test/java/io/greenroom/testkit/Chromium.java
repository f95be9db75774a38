package io.greenroom.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A browser without a screen and one page in it, driven over its DevTools protocol. It is
 * Debian's package {@code chromium}; where it is not installed, tests say so and are
 * skipped.
 */
public final class Chromium implements AutoCloseable {

	private static final List<String> PLACES = List.of("/usr/bin/chromium", "/usr/bin/chromium-browser",
			"/usr/bin/google-chrome");

	private static final Duration LIMIT = Duration.ofSeconds(60);

	private static final JsonMapper MAPPER = new JsonMapper();

	private final HttpClient client = HttpClient.newHttpClient();

	private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();

	private final List<String> errors = new CopyOnWriteArrayList<>();

	private final AtomicInteger ids = new AtomicInteger();

	private final Path profile;

	private final Process process;

	private final WebSocket socket;

	private String session = "";

	private Chromium(String binary) throws Exception {
		this.profile = Files.createTempDirectory("greenroom-chromium");
		this.process = new ProcessBuilder(binary, "--headless=new", "--no-sandbox", "--disable-gpu",
				"--disable-dev-shm-usage", "--no-first-run", "--disable-extensions", "--disable-background-networking",
				"--disable-component-update", "--disable-sync", "--hide-scrollbars", "--remote-debugging-port=0",
				"--user-data-dir=" + this.profile, "about:blank")
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start();
		try {
			this.socket = this.client.newWebSocketBuilder()
				.buildAsync(address(), new Listener())
				.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
			String target = send("Target.createTarget", Map.of("url", "about:blank")).get("targetId").asString();
			this.session = send("Target.attachToTarget", Map.of("targetId", target, "flatten", true)).get("sessionId")
				.asString();
			for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
				send(domain + ".enable", Map.of());
			}
		}
		catch (Exception ex) {
			this.process.destroyForcibly();
			throw ex;
		}
	}

	/**
	 * Returns where the browser is.
	 * @return its path; empty if none is installed
	 */
	public static Optional<String> find() {
		return PLACES.stream().filter((place) -> Files.isExecutable(Path.of(place))).findFirst();
	}

	/**
	 * Starts a browser.
	 * @return a browser with an empty page
	 * @throws Exception if it does not start
	 */
	public static Chromium start() throws Exception {
		return new Chromium(find().orElseThrow());
	}

	private URI address() throws IOException {
		BufferedReader lines = new BufferedReader(
				new InputStreamReader(this.process.getErrorStream(), StandardCharsets.UTF_8));
		for (String line = lines.readLine(); line != null; line = lines.readLine()) {
			if (line.startsWith("DevTools listening on ")) {
				// Read on, so that the browser never waits for room in the pipe.
				Thread.ofPlatform().daemon().start(() -> lines.lines().forEach((ignored) -> {
				}));
				return URI.create(line.substring("DevTools listening on ".length()).strip());
			}
		}
		throw new IOException("The browser has ended without a word of its DevTools");
	}

	private JsonNode send(String method, Map<String, ?> parameters) throws Exception {
		int id = this.ids.incrementAndGet();
		CompletableFuture<JsonNode> answer = new CompletableFuture<>();
		this.answers.put(id, answer);
		Map<String, Object> message = this.session.isEmpty() ? Map.of("id", id, "method", method, "params", parameters)
				: Map.of("id", id, "method", method, "params", parameters, "sessionId", this.session);
		this.socket.sendText(MAPPER.writeValueAsString(message), true).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
		JsonNode found = answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
		if (found.has("error")) {
			throw new IllegalStateException(method + ": " + found.get("error"));
		}
		return found.get("result");
	}

	/**
	 * Sets the size of the window and the reader's preference.
	 * @param width in pixels
	 * @param height in pixels
	 * @param dark whether dark pages are preferred
	 * @throws Exception if the browser does not answer
	 */
	public void window(int width, int height, boolean dark) throws Exception {
		send("Emulation.setDeviceMetricsOverride",
				Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
		send("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
	}

	/**
	 * Opens a page.
	 * @param url its address
	 * @throws Exception if the browser does not answer
	 */
	public void open(String url) throws Exception {
		send("Page.navigate", Map.of("url", url));
	}

	/**
	 * Evaluates an expression on the page, waiting for it if it is a promise.
	 * @param expression JavaScript
	 * @return its value
	 * @throws Exception if it throws
	 */
	public JsonNode evaluate(String expression) throws Exception {
		JsonNode answer = send("Runtime.evaluate",
				Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
		if (answer.has("exceptionDetails")) {
			throw new IllegalStateException(expression + ": " + answer.get("exceptionDetails"));
		}
		return answer.get("result").path("value");
	}

	/**
	 * Presses a key, as a user does who has no mouse.
	 * @param key its name, such as {@code Tab}
	 * @throws Exception if the browser does not answer
	 */
	public void press(String key) throws Exception {
		int code = switch (key) {
			case "Tab" -> 9;
			case "Enter" -> 13;
			case "End" -> 35;
			case "Home" -> 36;
			case "ArrowLeft" -> 37;
			case "ArrowUp" -> 38;
			case "ArrowRight" -> 39;
			case "ArrowDown" -> 40;
			default -> throw new IllegalArgumentException(key);
		};
		Map<String, Object> event = Map.of("type", "keyDown", "key", key, "code", key, "windowsVirtualKeyCode", code,
				"text", key.equals("Enter") ? "\r" : "");
		send("Input.dispatchKeyEvent", event);
		send("Input.dispatchKeyEvent", Map.of("type", "keyUp", "key", key, "code", key, "windowsVirtualKeyCode", code));
	}

	/**
	 * Takes a picture of the window.
	 * @param file where to keep it, a PNG
	 * @throws Exception if the browser does not answer
	 */
	public void picture(Path file) throws Exception {
		String data = send("Page.captureScreenshot", Map.of("format", "png")).get("data").asString();
		Files.createDirectories(file.getParent());
		Files.write(file, Base64.getDecoder().decode(data));
	}

	/**
	 * Returns what the browser has complained of: uncaught exceptions, errors in the
	 * console, violations of the page's policy.
	 * @return a copy
	 */
	public List<String> errors() {
		return List.copyOf(this.errors);
	}

	@Override
	public void close() throws Exception {
		this.process.destroy();
		if (!this.process.waitFor(10, TimeUnit.SECONDS)) {
			this.process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
		}
		this.client.shutdownNow();
		List<Path> files = new ArrayList<>();
		try (Stream<Path> all = Files.walk(this.profile)) {
			all.sorted(Comparator.reverseOrder()).forEach(files::add);
		}
		catch (UncheckedIOException changing) {
			// A process of the browser is still at it; the directory is a temporary one.
			return;
		}
		for (Path file : files) {
			file.toFile().delete();
		}
	}

	private final class Listener implements WebSocket.Listener {

		private final StringBuilder text = new StringBuilder();

		@Override
		public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
			this.text.append(data);
			if (last) {
				JsonNode message = MAPPER.readTree(this.text.toString());
				this.text.setLength(0);
				take(message);
			}
			socket.request(1);
			return null;
		}

		private void take(JsonNode message) {
			if (message.has("id")) {
				CompletableFuture<JsonNode> answer = Chromium.this.answers.remove(message.get("id").asInt());
				if (answer != null) {
					answer.complete(message);
				}
				return;
			}
			JsonNode told = message.path("params");
			switch (message.path("method").asString()) {
				case "Runtime.exceptionThrown" -> Chromium.this.errors.add(told.toString());
				case "Runtime.consoleAPICalled" -> {
					if (told.path("type").asString().equals("error")) {
						Chromium.this.errors.add(told.toString());
					}
				}
				case "Log.entryAdded" -> {
					if (told.path("entry").path("level").asString().equals("error")) {
						Chromium.this.errors.add(told.toString());
					}
				}
				default -> {
				}
			}
		}

	}

}
