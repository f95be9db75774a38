package io.greenroom.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Execution;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.ReadOnly;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.testkit.Until;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

import static org.assertj.core.api.Assertions.assertThat;

/** What a caller has about it, in the bodies of a handler bean. */
@Timeout(60)
class HandlerContextTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GreenroomContextAutoConfiguration.class,
				GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class))
		.withUserConfiguration(Stage.class);

	@AfterEach
	void clean() {
		MDC.clear();
		LocaleContextHolder.resetLocaleContext();
		RequestContextHolder.resetRequestAttributes();
		SecurityContextHolder.clearContext();
	}

	private static void come(String user, Locale locale) {
		MDC.put("user", user);
		LocaleContextHolder.setLocale(locale);
		SecurityContextHolder.setContext(new SecurityContextImpl(new TestingAuthenticationToken(user, "secret")));
	}

	@Test
	@DisplayName("D29 MDC, locale, security, observation and request are there in the body of the bean's sync call")
	void syncCallsHaveEverything() {
		this.runner.run((context) -> {
			Stage stage = context.getBean(Stage.class);
			come("Ophelia", Locale.forLanguageTag("da-DK"));
			MockHttpServletRequest request = new MockHttpServletRequest();
			request.setAttribute("seat", "A1");
			RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(request));
			ObservationRegistry registry = ObservationRegistry.create();
			registry.observationConfig().observationHandler((observed) -> true);
			Observation play = Observation.start("play", registry);
			try (Observation.Scope scope = play.openScope()) {
				assertThat(stage.observation(registry)).isSameAs(play);
				assertThat(scope.getCurrentObservation()).isSameAs(play);
			}
			assertThat(stage.who()).isEqualTo("Ophelia da_DK Ophelia A1");
			assertThat(stage.readWho()).isEqualTo("Ophelia da_DK Ophelia A1");
			clean();
			assertThat(stage.observation(registry)).isNull();
			LocaleContextHolder.setLocale(Locale.ROOT);
			assertThat(stage.who()).isEqualTo("nobody  nobody nowhere");
		});
	}

	@Test
	@DisplayName("D29 bodies nobody waits for have all but the request, whose locale they have as it was at the call")
	void detachedCallsHaveNoRequest() {
		this.runner.run((context) -> {
			Stage stage = context.getBean(Stage.class);
			come("Ophelia", Locale.forLanguageTag("da-DK"));
			MockHttpServletRequest request = new MockHttpServletRequest();
			request.setAttribute("seat", "A1");
			request.addPreferredLocale(Locale.forLanguageTag("da-DK"));
			// As the DispatcherServlet does: whoever asks, asks the request.
			LocaleContextHolder.setLocaleContext(request::getLocale);
			RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(request));
			BlockingQueue<String> told = new LinkedBlockingQueue<>();
			CompletableFuture<Void> over = new CompletableFuture<>();
			stage.tell(over, told);
			@SuppressWarnings("unchecked")
			Deferred<Stage> deferred = context.getBeanProvider(Deferred.class).getObject();
			CompletableFuture<String> later = deferred.async((any) -> any.now());
			CompletableFuture<String> future = stage.futureWho();
			// The container gives the request to somebody else.
			request.addPreferredLocale(Locale.FRENCH);
			request.setAttribute("seat", "B2");
			over.complete(null);
			assertThat(told.poll(20, TimeUnit.SECONDS)).isEqualTo("Ophelia da_DK Ophelia nowhere");
			assertThat(later.get(20, TimeUnit.SECONDS)).isEqualTo("Ophelia da_DK Ophelia nowhere");
			assertThat(future.get(20, TimeUnit.SECONDS)).isEqualTo("Ophelia da_DK Ophelia nowhere");
		});
	}

	@Test
	@DisplayName("D29 G28 a green thread that outlives its request has the locale that the request had, and can make calls")
	void greenThreadsOutliveRequests() {
		this.runner.run((context) -> {
			Stage stage = context.getBean(Stage.class);
			AtomicBoolean recycled = new AtomicBoolean();
			LocaleContextHolder.setLocaleContext(() -> {
				assertThat(recycled).as("the request is recycled").isFalse();
				return Locale.forLanguageTag("da-DK");
			});
			BlockingQueue<String> told = new LinkedBlockingQueue<>();
			CompletableFuture<Void> over = new CompletableFuture<>();
			GreenThread<Locale> green = context.getBean(GreenScheduler.class).spawn("late", () -> {
				over.join();
				stage.tell(over, told);
				return LocaleContextHolder.getLocale();
			});
			recycled.set(true);
			over.complete(null);
			assertThat(green.get(Duration.ofSeconds(20))).isEqualTo(Locale.forLanguageTag("da-DK"));
			assertThat(told.poll(20, TimeUnit.SECONDS)).startsWith("nobody da_DK");
			LocaleContextHolder.resetLocaleContext();
		});
	}

	@Test
	@DisplayName("D29 two users whose calls of a bean interleave never see each other's (10000 rounds each)")
	void usersNeverMeet() {
		this.runner.run((context) -> {
			Stage stage = context.getBean(Stage.class);
			List<CompletableFuture<Integer>> callers = new ArrayList<>();
			for (String user : List.of("Ophelia", "Hamlet")) {
				CompletableFuture<Integer> wrong = new CompletableFuture<>();
				callers.add(wrong);
				Thread.startVirtualThread(() -> {
					try {
						come(user, Locale.ROOT);
						int count = 0;
						for (int round = 0; round < 10_000; round++) {
							stage.check(user + "  " + user + " nowhere");
							count += stage.who().equals(user + "  " + user + " nowhere") ? 0 : 1;
						}
						wrong.complete(count);
					}
					catch (Throwable failure) {
						wrong.completeExceptionally(failure);
					}
				});
			}
			for (CompletableFuture<Integer> caller : callers) {
				assertThat(caller.get(50, TimeUnit.SECONDS)).isZero();
			}
			assertThat(stage.wrong()).isEmpty();
			assertThat(stage.checked()).isEqualTo(20_000);
		});
	}

	@Test
	@DisplayName("D35 a bean's caller runs its own call, gets its context back as it was, and in a transaction it does not")
	void callersRunTheirOwn() {
		this.runner.withUserConfiguration(Rehearsal.class).run((context) -> {
			Rehearsal rehearsal = context.getBean(Rehearsal.class);
			awaitIdle(rehearsal);
			come("Ophelia", Locale.FRENCH);
			assertThat(rehearsal.become("Yorick")).isSameAs(Thread.currentThread());
			assertThat(MDC.get("user")).isEqualTo("Ophelia");
			assertThat(LocaleContextHolder.getLocale()).isEqualTo(Locale.FRENCH);
			assertThat(SecurityContextHolder.getContext().getAuthentication().getName()).isEqualTo("Ophelia");
			clean();
			assertThat(rehearsal.become("Yorick")).isSameAs(Thread.currentThread());
			assertThat(MDC.get("user")).isNull();
			assertThat(SecurityContextHolder.getContext().getAuthentication()).isNull();
			TransactionSynchronizationManager.initSynchronization();
			assertThat(rehearsal.become("Yorick")).isNotSameAs(Thread.currentThread());
			TransactionSynchronizationManager.clearSynchronization();
			awaitIdle(rehearsal);
			TransactionSynchronizationManager.bindResource("session", "open in view");
			assertThat(rehearsal.become("Yorick")).isNotSameAs(Thread.currentThread());
			TransactionSynchronizationManager.unbindResource("session");
			awaitIdle(rehearsal);
		});
	}

	private static void awaitIdle(Rehearsal rehearsal) {
		Until.until("the handler to be idle", () -> rehearsal.thread() == Thread.currentThread());
	}

	/** Leaves everything in disorder. */
	@DeferredHandler(execution = Execution.CALLER_WHEN_IDLE)
	static class Rehearsal {

		Thread thread() {
			return Thread.currentThread();
		}

		Thread become(String name) {
			come(name, Locale.CHINA);
			return Thread.currentThread();
		}

	}

	/** Says who is on it. */
	@DeferredHandler
	static class Stage {

		private final List<String> wrong = new ArrayList<>();

		private int checked;

		String who() {
			return now();
		}

		@ReadOnly
		String readWho() {
			return now();
		}

		CompletableFuture<String> futureWho() {
			return CompletableFuture.completedFuture(now());
		}

		@Oneway
		void tell(CompletableFuture<Void> over, BlockingQueue<String> told) {
			over.join();
			told.add(now());
		}

		@Oneway
		void check(String expected) {
			this.checked++;
			if (!now().equals(expected)) {
				this.wrong.add(now());
			}
		}

		List<String> wrong() {
			return List.copyOf(this.wrong);
		}

		int checked() {
			return this.checked;
		}

		@Nullable Observation observation(ObservationRegistry registry) {
			return registry.getCurrentObservation();
		}

		String now() {
			String logged = MDC.get("user");
			Authentication user = SecurityContextHolder.getContext().getAuthentication();
			RequestAttributes request = RequestContextHolder.getRequestAttributes();
			return "%s %s %s %s".formatted((logged != null) ? logged : "nobody", LocaleContextHolder.getLocale(),
					(user != null) ? user.getName() : "nobody",
					(request != null) ? request.getAttribute("seat", RequestAttributes.SCOPE_REQUEST) : "nowhere");
		}

	}

}
