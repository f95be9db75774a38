package io.greenroom.web.internal;

import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The same requests with the web part off, inline and with a hop: the same answers. */
@Timeout(60)
class ReturnKindsIT {

	static final List<String> PATHS = List.of("/body", "/json", "/entity", "/created", "/void", "/void-written",
			"/view", "/model-view", "/callable", "/callable-view", "/callable-status", "/task", "/deferred", "/future",
			"/done-future", "/failed-future", "/entity-future", "/sse", "/stream", "/entity-stream",
			"/handled-exception", "/advised-exception", "/status-exception", "/unhandled", "/error-thrown",
			"/callable-fails", "/null", "/empty-entity", "/not-modified", "/redirect", "/mdc", "/locale",
			"/request-scope", "/holder", "/missing-param", "/forward-view", "/reason", "/sends-error",
			"/sends-redirect", "/headers", "/emitter", "/mono", "/flux", "/empty-mono", "/failed-mono", "/problem",
			"/error-response", "/bytes", "/resource", "/options", "/no-such-page", "/principal", "/session",
			"/session-again", "/cookie", "/model-attribute-callable", "/raw-async", "/raw-async-completed",
			"/raw-async-dispatch", "/download", "/commits", "/long-body", "/http-headers", "/head-only", "/map");

	@ParameterizedTest(name = "{displayName} [{0}, watched: {1}]")
	@CsvSource({ "tomcat,true", "tomcat,false", "tomcat http2,true", "tomcat http2,false", "jetty,true",
			"jetty,false" })
	@DisplayName("H03 every return type and parameter answers as without the pool, inline and with a hop, whether or not an interceptor or filter wants to see it come back: status, headers, body")
	void answersAreTheSame(String server, boolean watched) throws Exception {
		Map<String, String> off = answers(server + " inline", "watched=" + watched, "greenroom.web.enabled=false");
		Map<String, String> inline = answers(server + " inline", "watched=" + watched);
		Map<String, String> hop = answers(server + " hop", "watched=" + watched);
		assertThat(off.get("/body")).startsWith("200 ").contains("text/plain;charset=").endsWith(" body");
		assertThat(off.get("/raw-async")).startsWith("200 ").endsWith(" raw");
		assertThat(off.get("/raw-async-dispatch")).startsWith("200 ").endsWith(" body");
		assertThat(off.get("/flux")).contains("one", "two");
		assertThat(off.get("invalid")).startsWith("400 ");
		assertThat(off.get("/principal")).endsWith(" Ada true");
		assertThat(off.get("observed")).contains("/body 200", "/form 400", "/callable 200");
		assertThat(off.get("/mdc")).contains("from the filter");
		assertThat(off.get("/callable-view")).contains("hello callable to all");
		assertThat(off.get("flash")).contains("kept");
		assertThat(differences(off, inline)).isEmpty();
		// As with a Callable: a request that is asynchronous can't be made so once more.
		assertThat(hop.keySet().removeIf((path) -> path.startsWith("/raw-async"))).isTrue();
		assertThat(off.keySet().removeIf((path) -> path.startsWith("/raw-async"))).isTrue();
		assertThat(differences(off, hop)).isEmpty();
	}

	private static List<String> differences(Map<String, String> expected, Map<String, String> found) {
		assertThat(found.keySet()).isEqualTo(expected.keySet());
		return expected.keySet()
			.stream()
			.filter((what) -> !Objects.equals(expected.get(what), found.get(what)))
			.map((what) -> "%n%s%n  off: %s%n  on:  %s".formatted(what, expected.get(what), found.get(what)))
			.toList();
	}

	private static Map<String, String> answers(String on, String... properties) throws Exception {
		Map<String, String> answers = new LinkedHashMap<>();
		try (RunningApp app = RunningApp.startOn(on, ReturnKindsApp.class, properties)) {
			assertThat(app.get("/body").version())
				.isEqualTo(on.contains("http2") ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1);
			for (String path : PATHS) {
				answers.put(path, describe(app.get(path, "Accept-Language", "de")));
			}
			answers.put("flash", describe(app.get("/landing?page=2")));
			answers.put("post", describe(app.post("/echo", "text/plain", "hello")));
			answers.put("form", describe(app.post("/form", "application/x-www-form-urlencoded", "name=Ada&age=36")));
			answers.put("bad form", describe(app.post("/form", "application/x-www-form-urlencoded", "age=old")));
			answers.put("invalid", describe(app.post("/form", "application/x-www-form-urlencoded", "name=&age=1")));
			answers.put("unreadable", describe(app.post("/json-in", "application/json", "{")));
			answers.put("json", describe(app.post("/json-in", "application/json", "{\"name\":\"Ada\",\"age\":3}")));
			answers.put("wrong method", describe(app.post("/body", "text/plain", "")));
			answers.put("wrong type", describe(app.post("/json-in", "text/csv", "a,b")));
			answers.put("head", describe(app.send("HEAD", "/body")));
			answers.put("options", describe(app.send("OPTIONS", "/body")));
			answers.put("if none match", describe(app.get("/not-modified", "If-None-Match", "\"1\"")));
			answers.put("range", describe(app.get("/resource", "Range", "bytes=2-4")));
			answers.put("not acceptable", describe(app.get("/json", "Accept", "image/png")));
			answers.put("cors", describe(app.get("/cors", "Origin", "http://elsewhere.example")));
			answers.put("multipart", describe(app.post("/upload", "multipart/form-data; boundary=XX",
					"--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello\r\n--XX--\r\n")));
			ReturnKindsApp.Observed observed = app.bean(ReturnKindsApp.Observed.class);
			// Observed after the client has the answer, and in any order.
			SlotCounts.until(() -> observed.all.containsAll(List.of("/upload 200 none", "/cors 200 none")));
			// Of asynchronous requests that end in an error page some are observed twice
			// on Tomcat, and some not at all, see ErrorPageCountsIT; those of a Callable
			// are observed under the name of the page.
			answers.put("observed",
					observed.all.stream()
						.filter((request) -> !request.startsWith("/callable-status") && !request.startsWith("/error "))
						.filter((request) -> !request.contains(" 500 ") && !request.startsWith("/raw-async"))
						.distinct()
						.sorted()
						.toList()
						.toString());
		}
		return answers;
	}

	private static String describe(HttpResponse<String> response) {
		List<String> parts = new ArrayList<>();
		parts.add(String.valueOf(response.statusCode()));
		response.headers()
			.map()
			.entrySet()
			.stream()
			.filter((header) -> !header.getKey().equalsIgnoreCase("date"))
			.sorted(Map.Entry.comparingByKey(String.CASE_INSENSITIVE_ORDER))
			.forEach((header) -> parts.add(header.toString()
				.replaceAll("http://127.0.0.1:\\d+|;jsessionid=[\\w.]+", "")
				.replaceAll("JSESSIONID=[\\w.]+", "JSESSIONID")));
		parts.add(response.body().replaceAll("\"timestamp\":\"[^\"]*\"", "").replaceAll("127.0.0.1:\\d+", ""));
		return String.join(" ", parts);
	}

}
