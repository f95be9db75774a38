package io.greenroom.web.internal;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.greenroom.deferred.MailboxFullException;
import io.greenroom.green.GreenScheduler;
import io.greenroom.web.BodyTimeoutException;
import io.greenroom.web.PoolFilters;
import io.greenroom.web.PoolRejectedException;
import io.greenroom.web.RunInPool;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.web.servlet.function.RouterFunctions.route;

/**
 * The table of answers in {@code docs/controllers.md} holds for each of Greenroom's
 * public exceptions, on each way in and in each mode, and has all of them.
 */
@Timeout(120)
class RejectionTableIT {

	private static final Pattern ROW = Pattern.compile("\\| (`.+`) \\| (\\d{3})(.*)\\|");

	private static final Pattern NAME = Pattern.compile("`(\\w+)`");

	private static final String BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8";

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat hop", "jetty inline", "jetty hop" })
	@DisplayName("F16 H16 H20 each public exception of Greenroom is answered as the table says, out of methods and routes")
	void asTheTableSays(String on) throws Exception {
		Map<String, String> table = table();
		assertThat(table.keySet()).isEqualTo(Thrown.TYPES.keySet());
		Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
		ListAppender<ILoggingEvent> logged = new ListAppender<>();
		logged.start();
		try (RunningApp app = RunningApp.startOn(on, App.class, "greenroom.pools.one.size=4")) {
			root.addAppender(logged);
			for (Map.Entry<String, String> row : table.entrySet()) {
				for (String way : List.of("/method/", "/route/")) {
					String path = way + row.getKey();
					int before = logged.list.size();
					HttpResponse<String> problem = app.get(path, "Accept", "application/json");
					HttpResponse<String> page = app.get(path, "Accept", BROWSER);
					for (HttpResponse<String> answer : List.of(problem, page)) {
						assertThat(answer.statusCode() + retryAfter(answer)).as(path).isEqualTo(row.getValue());
					}
					boolean ours = !row.getValue().startsWith("500");
					assertThat(type(problem)).as(path)
						.isEqualTo(ours ? "application/problem+json" : "application/json");
					assertThat(type(page)).as(path).startsWith("text/html");
					if (ours) {
						assertThat(problem.body()).contains("\"instance\":\"" + path + "\"");
						assertThat(List.copyOf(logged.list).subList(before, logged.list.size())).as(path)
							.noneMatch((event) -> event.getThrowableProxy() != null);
					}
				}
			}
			for (String way : List.of("/method/", "/route/")) {
				assertThat(app.get(way + "status").statusCode()).isEqualTo(404);
				assertThat(app.get(way + "annotated").statusCode()).isEqualTo(402);
				assertThat(app.get(way + "general").statusCode()).isEqualTo(503);
				assertThat(app.get(way + "ring").statusCode()).isEqualTo(503);
			}
		}
		finally {
			root.detachAppender(logged);
		}
	}

	@Test
	@DisplayName("F16 H20 the application takes precedence: its advice for the exception or what wraps it, its statuses; a general advice does not")
	void precedence() throws Exception {
		try (RunningApp app = RunningApp.startOn("tomcat inline", App.class, "greenroom.pools.one.size=4",
				"advice=true")) {
			for (String way : List.of("/method/", "/route/")) {
				assertThat(answer(app, way + "MailboxFullException")).isEqualTo("597 own for MailboxFullException");
				assertThat(answer(app, way + "wrapped")).isEqualTo("598 own for WrapperException");
				assertThat(answer(app, way + "status")).startsWith("404 ");
				assertThat(answer(app, way + "annotated")).startsWith("402 ");
				assertThat(answer(app, way + "early")).isEqualTo("596 early for Early");
				assertThat(answer(app, way + "plain")).isEqualTo("599 caught IllegalStateException");
				for (String rejected : List.of("StaleInstanceException", "DeferredTimeoutException", "general", "named",
						"PoolFullException", "PoolRejectedException", "ring")) {
					assertThat(answer(app, way + rejected)).as(rejected).startsWith("503 ");
				}
				assertThat(answer(app, way + "IllegalTransitionException")).startsWith("409 ");
			}
			assertThat(answer(app, "/own/StaleInstanceException")).isEqualTo("595 the controller's own");
			assertThat(answer(app, "/own/wrapped")).isEqualTo("595 the controller's own");
		}
	}

	@ParameterizedTest(name = "{displayName} [{0}]")
	@ValueSource(strings = { "tomcat inline", "tomcat hop", "jetty inline", "jetty hop" })
	@DisplayName("F16 H06 an exception of Greenroom after the answer has begun ends it as any other does: nothing is appended or logged by us")
	void begun(String on) throws Exception {
		Logger ours = (Logger) LoggerFactory.getLogger("io.greenroom");
		ListAppender<ILoggingEvent> logged = new ListAppender<>();
		logged.start();
		ours.addAppender(logged);
		try (RunningApp app = RunningApp.startOn(on, App.class, "greenroom.pools.one.size=4")) {
			int before = logged.list.size();
			for (String accept : List.of("application/json", BROWSER)) {
				for (String name : List.of("plain", "MailboxFullException", "IllegalTransitionException", "general")) {
					assertThatThrownBy(() -> app.get("/method/begun/" + name, "Accept", accept)).as(name)
						.isInstanceOf(IOException.class);
				}
				// Spring ends an answer that has begun where an exception has a status.
				assertThat(app.get("/method/begun/status", "Accept", accept).body()).isEqualTo("begun");
				assertThat(app.get("/method/begun/PoolRejectedException", "Accept", accept).body()).isEqualTo("begun");
			}
			assertThat(List.copyOf(logged.list).subList(before, logged.list.size())).isEmpty();
		}
		finally {
			ours.detachAppender(logged);
		}
	}

	private static String answer(RunningApp app, String path) throws Exception {
		HttpResponse<String> answer = app.get(path);
		return answer.statusCode() + " " + answer.body();
	}

	private static String retryAfter(HttpResponse<String> answer) {
		return answer.headers().firstValue("Retry-After").isPresent() ? " with Retry-After" : "";
	}

	private static String type(HttpResponse<String> answer) {
		return answer.headers().firstValue("Content-Type").orElse("none");
	}

	private static Map<String, String> table() throws Exception {
		Map<String, String> table = new TreeMap<>();
		for (String line : Files.readAllLines(Path.of("../docs/controllers.md"))) {
			ROW.matcher(line).results().forEach((row) -> {
				String answer = row.group(2) + (row.group(3).contains("`Retry-After`") ? " with Retry-After" : "");
				for (MatchResult name : (Iterable<MatchResult>) NAME.matcher(row.group(1)).results()::iterator) {
					assertThat(table.put(name.group(1), answer)).as(name.group(1) + " is listed once").isNull();
				}
			});
		}
		return table;
	}

	/** What the handlers throw, by the last part of the path. */
	private static final class Thrown {

		static final Map<String, Class<? extends Exception>> TYPES = types();

		static Exception named(String name) {
			Exception late = make("DeferredTimeoutException");
			return switch (name) {
				case "wrapped" -> new WrapperException(late);
				case "named" -> new IllegalStateException(make("MailboxFullException"));
				case "general" -> new IllegalStateException(late);
				case "status" ->
					new ResponseStatusException(HttpStatus.NOT_FOUND, "gone", make("IllegalTransitionException"));
				case "annotated" -> new AnnotatedException(late);
				case "early" -> new Early(late);
				case "plain" -> new IllegalStateException("plain");
				case "ring" -> ring(make("HandlerStoppedException"));
				default -> make(name);
			};
		}

		private static Exception ring(Exception stopped) {
			Exception cause = new IllegalArgumentException("ring");
			return (Exception) stopped.initCause(cause.initCause(new IllegalArgumentException(cause)));
		}

		private static Exception make(String name) {
			Class<? extends Exception> type = TYPES.get(name);
			if (type == PoolRejectedException.class) {
				return new PoolRejectedException(new IllegalStateException("full"), HttpStatus.SERVICE_UNAVAILABLE,
						Duration.ofSeconds(1));
			}
			if (type == BodyTimeoutException.class) {
				return new BodyTimeoutException("one", Duration.ofSeconds(1), false);
			}
			try {
				return (Exception) constructor(type).newInstance();
			}
			catch (ReflectiveOperationException impossible) {
				throw new IllegalStateException(impossible);
			}
		}

		/** Passes by a type's own constructors, as reading a serialized object does. */
		private static Constructor<?> constructor(Class<?> type) throws ReflectiveOperationException {
			Class<?> factory = Class.forName("sun.reflect.ReflectionFactory");
			return (Constructor<?>) factory.getMethod("newConstructorForSerialization", Class.class, Constructor.class)
				.invoke(factory.getMethod("getReflectionFactory").invoke(null), type,
						Exception.class.getDeclaredConstructor());
		}

		private static Map<String, Class<? extends Exception>> types() {
			Map<String, Class<? extends Exception>> types = new TreeMap<>();
			try {
				Path classes = Path
					.of(GreenScheduler.class.getProtectionDomain().getCodeSource().getLocation().toURI());
				try (Stream<Path> files = Files.walk(classes.resolve("io/greenroom"))) {
					for (Path file : (Iterable<Path>) files::iterator) {
						String name = classes.relativize(file).toString().replace('/', '.');
						if (name.endsWith("Exception.class") && !name.contains(".internal.")) {
							Class<?> type = Class.forName(name.substring(0, name.length() - ".class".length()));
							if (Modifier.isPublic(type.getModifiers()) && !Modifier.isAbstract(type.getModifiers())) {
								types.put(type.getSimpleName(), type.asSubclass(Exception.class));
							}
						}
					}
				}
			}
			catch (Exception impossible) {
				throw new IllegalStateException(impossible);
			}
			return types;
		}

	}

	static class WrapperException extends RuntimeException {

		WrapperException(Exception cause) {
			super(cause);
		}

	}

	static class Early extends RuntimeException {

		Early(Exception cause) {
			super(cause);
		}

	}

	@ResponseStatus(HttpStatus.PAYMENT_REQUIRED)
	static class AnnotatedException extends IllegalArgumentException {

		AnnotatedException(Exception cause) {
			super(cause);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Controller.class, OwnController.class, OwnAdvice.class, EarlyAdvice.class })
	static class App {

		@Bean
		static RouterFunction<ServerResponse> routes(PoolFilters pools) {
			return route().GET("/route/{name}", (request) -> {
				throw Thrown.named(request.pathVariable("name"));
			}).filter(pools.in("one")).build();
		}

	}

	@RunInPool("one")
	abstract static class Failing {

		@GetMapping("/{name}")
		String fails(@PathVariable String name) throws Exception {
			throw Thrown.named(name);
		}

	}

	@RestController
	@RequestMapping("/method")
	static class Controller extends Failing {

		@GetMapping("/begun/{name}")
		void failsLater(@PathVariable String name, HttpServletResponse response) throws Exception {
			response.getOutputStream().write("begun".getBytes(StandardCharsets.US_ASCII));
			response.flushBuffer();
			throw Thrown.named(name);
		}

	}

	@RestController
	@RequestMapping("/own")
	static class OwnController extends Failing {

		@ExceptionHandler
		ResponseEntity<String> own(Exception failure) {
			return ResponseEntity.status(595).body("the controller's own");
		}

	}

	/** As many applications have it: without an order. */
	@RestControllerAdvice
	@ConditionalOnBooleanProperty("advice")
	static class OwnAdvice {

		@ExceptionHandler
		ResponseEntity<String> full(MailboxFullException failure) {
			return ResponseEntity.status(597).body("own for " + failure.getClass().getSimpleName());
		}

		@ExceptionHandler
		ResponseEntity<String> wrapped(WrapperException failure) {
			return ResponseEntity.status(598).body("own for " + failure.getClass().getSimpleName());
		}

		@ExceptionHandler
		ResponseEntity<String> status(ResponseStatusException failure) {
			return ResponseEntity.status(failure.getStatusCode()).body("own for a status");
		}

		@ExceptionHandler
		ResponseEntity<String> annotated(AnnotatedException failure) {
			return ResponseEntity.status(402).body("own for a status");
		}

		@ExceptionHandler
		ResponseEntity<String> anything(Exception failure) {
			return ResponseEntity.status(599).body("caught " + failure.getClass().getSimpleName());
		}

	}

	@RestControllerAdvice
	@Order(Ordered.HIGHEST_PRECEDENCE)
	@ConditionalOnBooleanProperty("advice")
	static class EarlyAdvice {

		@ExceptionHandler
		ResponseEntity<String> early(Early failure) {
			return ResponseEntity.status(596).body("early for " + failure.getClass().getSimpleName());
		}

	}

}
