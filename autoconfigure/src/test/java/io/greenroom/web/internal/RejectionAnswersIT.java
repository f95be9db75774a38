package io.greenroom.web.internal;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.Overflow;
import io.greenroom.green.GreenScheduler;
import io.greenroom.state.State;
import io.greenroom.state.StateMachines;
import io.greenroom.web.RunInPool;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorViewResolver;
import org.springframework.context.MessageSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.StaticMessageSource;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.View;

import static org.assertj.core.api.Assertions.assertThat;

/** What a client is told, whatever rejects it, in the form it asks for. */
@Timeout(120)
class RejectionAnswersIT {

	private static RunningApp app;

	@BeforeAll
	static void start() {
		app = RunningApp.startOn("tomcat inline", App.class, "greenroom.pools.tiny.size=1",
				"greenroom.pools.tiny.queue-capacity=0", "greenroom.pools.tiny.retry-after=7s");
	}

	@AfterAll
	static void stop() {
		app.bean(Gates.class).open.countDown();
		app.close();
	}

	private static Stream<String> rejections() throws Exception {
		return Stream.of("/full-mailbox", "/late", "/stopped", "/illegal", "/failed");
	}

	@ParameterizedTest
	@CsvSource({ "/full-pool,503,7", "/full-mailbox,503,1", "/late,503,1", "/stopped,503,1", "/illegal,409,",
			"/failed,409," })
	@DisplayName("H16 F16 a rejection follows the client's Accept: JSON, XML where it can be written, text, the error page")
	void followsAccept(String path, int status, String retryAfter) throws Exception {
		fillPool();
		expect(app.get(path, "Accept", "*/*"), status, retryAfter, "application/problem+json", "\"status\":" + status);
		expect(app.get(path), status, retryAfter, "application/problem+json", "\"instance\":\"" + path + "\"");
		expect(app.get(path, "Accept", "application/json"), status, retryAfter, "application/problem+json",
				"\"detail\"");
		expect(app.get(path, "Accept", "application/vnd.mine+json, text/plain"), status, retryAfter,
				"application/problem+json", "\"detail\"");
		expect(app.get(path, "Accept", "text/plain"), status, retryAfter, "text/plain", "");
		assertThat(app.get(path, "Accept", "text/plain").body()).isNotBlank().doesNotContain("{");
		expect(app.get(path, "Accept", "image/png"), status, retryAfter, "application/problem+json", "\"detail\"");
		expect(app.get(path, "Accept", "rubbish"), status, retryAfter, "application/problem+json", "\"detail\"");
		expect(app.get(path, "Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), status,
				retryAfter, "text/html", "own page for " + status);
		expect(app.get(path, "Accept", "application/json;q=0.5,text/html;q=0.4"), status, retryAfter,
				"application/problem+json", "\"detail\"");
	}

	private static void expect(HttpResponse<String> answer, int status, String retryAfter, String type, String body) {
		assertThat(answer.statusCode()).isEqualTo(status);
		assertThat(answer.headers().firstValue("Content-Type"))
			.hasValueSatisfying((found) -> assertThat(MediaType.parseMediaType(found))
				.matches((media) -> media.toString().startsWith(type)));
		assertThat(answer.headers().allValues("Retry-After"))
			.isEqualTo((retryAfter != null) ? List.of(retryAfter) : List.of());
		assertThat(answer.body()).contains(body);
	}

	private static void fillPool() throws Exception {
		Gates gates = app.bean(Gates.class);
		if (gates.held == null) {
			gates.held = app.getAsync("/hold");
			assertThat(gates.inside.await(30, TimeUnit.SECONDS)).isTrue();
		}
	}

	@Test
	@DisplayName("H16 the words come from the application's messages")
	void messages() throws Exception {
		assertThat(app.get("/late", "Accept-Language", "de").body()).contains("Der Dienst ist ausgelastet");
		assertThat(app.get("/late", "Accept-Language", "en").body()).contains("The server is busy");
		assertThat(app.get("/illegal", "Accept-Language", "de").body()).contains("Geht jetzt nicht");
	}

	@Test
	@DisplayName("F16 a machine's own words reach the client: where it is, that it has ended, that it has failed")
	void machinesOwnWords() throws Exception {
		assertThat(app.get("/illegal").body()).contains("'open'", "'closed'").doesNotContain("transitionsTo");
		assertThat(app.get("/failed").body()).contains("failed");
	}

	@Test
	@DisplayName("F16 a rejection is no failure: no stack in the log for a request")
	void noStacks() throws Exception {
		fillPool();
		Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
		ListAppender<ILoggingEvent> logged = new ListAppender<>();
		logged.start();
		root.addAppender(logged);
		try {
			for (String path : rejections().toList()) {
				app.get(path);
				app.get(path, "Accept", "text/html");
			}
			app.get("/full-pool");
		}
		finally {
			root.detachAppender(logged);
		}
		assertThat(logged.list).noneMatch((event) -> event.getThrowableProxy() != null);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Controller.class, Slow.class, Catch.class, Gates.class })
	static class App {

		@Bean
		MessageSource messageSource() {
			StaticMessageSource messages = new StaticMessageSource();
			messages.addMessage("problemDetail.io.greenroom.deferred.DeferredTimeoutException", Locale.GERMAN,
					"Der Dienst ist ausgelastet.");
			messages.addMessage("problemDetail.title.io.greenroom.state.IllegalTransitionException", Locale.GERMAN,
					"Geht jetzt nicht");
			return messages;
		}

		/** The application's own error page. */
		@Bean
		ErrorViewResolver errorPage() {
			return (request, status, model) -> new ModelAndView((View) (shown, page, response) -> {
				response.setContentType("text/html");
				response.getWriter().write("<h1>own page for " + response.getStatus() + "</h1>");
			});
		}

		@Bean
		Door door(StateMachines machines) {
			Door door = machines.create(Door.class);
			door.open(false);
			return door;
		}

		@Bean
		Door brokenDoor(StateMachines machines) throws InterruptedException {
			Door door = machines.create(Door.class);
			door.open(true);
			machines.of(door).join();
			return door;
		}

	}

	static class Gates {

		final CountDownLatch inside = new CountDownLatch(1);

		final CountDownLatch open = new CountDownLatch(1);

		volatile CompletableFuture<HttpResponse<String>> held;

	}

	public static class Door {

		@State(initial = true, transitionsTo = "ajar")
		public void open(boolean broken) {
			if (broken) {
				throw new IllegalStateException("the hinge broke");
			}
		}

		@State(transitionsTo = "closed")
		public void ajar() {
		}

		@State
		public void closed() {
		}

	}

	@Component
	@DeferredHandler(capacity = 1, overflow = Overflow.REJECT)
	public static class Slow {

		@Oneway
		public void block(CountDownLatch latch) throws InterruptedException {
			latch.await();
		}

		@Oneway
		public void fill() {
		}

		public String quick() {
			return "quick";
		}

	}

	/** As many applications have it: without an order, and for everything. */
	@RestControllerAdvice
	static class Catch {

		@ExceptionHandler
		String everything(Exception failure) {
			return "caught " + failure;
		}

	}

	@RestController
	static class Controller {

		private final Gates gates;

		private final Deferred<Slow> slow;

		private final Door door;

		private final Door brokenDoor;

		private final GreenScheduler scheduler;

		Controller(Gates gates, Deferred<Slow> slow, Door door, Door brokenDoor, GreenScheduler scheduler) {
			this.gates = gates;
			this.slow = slow;
			this.door = door;
			this.brokenDoor = brokenDoor;
			this.scheduler = scheduler;
		}

		@GetMapping("/hold")
		@RunInPool("tiny")
		String hold() throws InterruptedException {
			this.gates.inside.countDown();
			this.gates.open.await();
			return "held";
		}

		@GetMapping("/full-pool")
		@RunInPool("tiny")
		String fullPool() {
			return "not full";
		}

		@GetMapping("/full-mailbox")
		String fullMailbox() throws InterruptedException {
			CountDownLatch latch = new CountDownLatch(1);
			try {
				while (true) {
					this.slow.oneway().block(latch);
				}
			}
			finally {
				latch.countDown();
				// Lets the next request find an empty mailbox.
				while (this.slow.calls().pending() > 0) {
					Thread.onSpinWait();
				}
			}
		}

		@GetMapping("/late")
		String late() {
			CountDownLatch latch = new CountDownLatch(1);
			Deferred<Slow> own = Deferred.of(this.scheduler, new Slow());
			park(own, latch);
			try {
				return own.sync(Duration.ofMillis(20)).quick();
			}
			finally {
				latch.countDown();
			}
		}

		private static void park(Deferred<Slow> slow, CountDownLatch latch) {
			try {
				slow.oneway().block(latch);
			}
			catch (InterruptedException never) {
				throw new IllegalStateException(never);
			}
		}

		@GetMapping("/stopped")
		String stopped() {
			GreenScheduler own = GreenScheduler.builder().build();
			Deferred<Slow> stopped = Deferred.of(own, new Slow());
			stopped.sync().quick();
			own.close();
			return stopped.sync().quick();
		}

		@GetMapping("/illegal")
		String illegal() {
			this.door.closed();
			return "moved";
		}

		@GetMapping("/failed")
		String failed() {
			this.brokenDoor.closed();
			return "moved";
		}

	}

}
