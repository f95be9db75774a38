package io.greenroom.spring.internal;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.DeferredDeadlockException;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.HandlerStoppedException;
import io.greenroom.deferred.ProcessingLoop;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Calls to handlers with loops while their context starts and ends. */
@Timeout(60)
class EarlyCallsTests {

	/** Half of what a call waits if nobody sees that it is of no use. */
	private static final Duration AT_ONCE = Duration.ofSeconds(15);

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class));

	private static void assertRejected(@Nullable Throwable failure) {
		assertThat(failure).isInstanceOf(DeferredDeadlockException.class)
			.hasMessageContaining("'loop'")
			.hasMessageContaining("ApplicationRunner")
			.hasMessageContaining("ApplicationReadyEvent");
	}

	@Test
	@DisplayName("F14 a call from @PostConstruct, through the bean or its handle, fails at once and says where it belongs")
	void fromPostConstruct() {
		long start = System.nanoTime();
		this.runner.withBean(Looped.class).withBean(Eager.class).run((context) -> {
			Eager eager = context.getBean(Eager.class);
			assertRejected(eager.byBean);
			assertRejected(eager.byHandle);
			// The one oneway call of them runs at the start.
			assertThat(context.getBean(Looped.class).work()).isEqualTo(2);
		});
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_ONCE);
	}

	@Test
	@DisplayName("F14 so does one from a SmartLifecycle that starts before the loops; one that starts later is served")
	void fromLifecycles() {
		for (int phase : new int[] { Integer.MIN_VALUE, 0, GreenSchedulerLifecycle.PHASE - 2 }) {
			this.runner.withBean(Looped.class)
				.withBean(Starter.class, phase)
				.run((context) -> assertRejected(context.getBean(Starter.class).failure));
		}
		for (int phase : new int[] { GreenSchedulerLifecycle.PHASE + 1, SmartLifecycle.DEFAULT_PHASE }) {
			this.runner.withBean(Looped.class)
				.withBean(Starter.class, phase)
				.run((context) -> assertThat(context.getBean(Starter.class).failure).isNull());
		}
	}

	@Test
	@DisplayName("F14 calls from an ApplicationRunner and on ApplicationReadyEvent, where the message sends them, are served")
	void afterTheStart() {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		try (ConfigurableApplicationContext context = application.run()) {
			assertThat(context.getBean(Looped.class).work()).isEqualTo(3);
		}
	}

	@Test
	@DisplayName("F14 the last call of a shutdown, from @PreDestroy, fails at once")
	void fromPreDestroy() {
		AtomicReference<Throwable> failure = new AtomicReference<>();
		long start = System.nanoTime();
		this.runner.withBean(Looped.class)
			.withBean(Last.class, failure)
			.run((context) -> assertThat(context.getBean(Looped.class).work()).isOne());
		assertThat(failure.get()).isInstanceOf(HandlerStoppedException.class);
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_ONCE);
	}

	static class Eager {

		private final Looped looped;

		private final Deferred<Looped> deferred;

		@Nullable Throwable byBean;

		@Nullable Throwable byHandle;

		Eager(Looped looped, Deferred<Looped> deferred) {
			this.looped = looped;
			this.deferred = deferred;
		}

		@PostConstruct
		void begin() {
			this.byBean = catchThrowable(this.looped::work);
			this.byHandle = catchThrowable(this.deferred.sync()::work);
			this.deferred.oneway().work();
		}

	}

	static class Starter implements SmartLifecycle {

		private final Looped looped;

		private final int phase;

		@Nullable Throwable failure;

		private volatile boolean running;

		Starter(Looped looped, int phase) {
			this.looped = looped;
			this.phase = phase;
		}

		@Override
		public void start() {
			this.failure = catchThrowable(this.looped::work);
			this.running = true;
		}

		@Override
		public void stop() {
			this.running = false;
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

		@Override
		public int getPhase() {
			return this.phase;
		}

	}

	static class Last {

		private final Looped looped;

		private final AtomicReference<Throwable> failure;

		Last(Looped looped, AtomicReference<Throwable> failure) {
			this.looped = looped;
			this.failure = failure;
		}

		@PreDestroy
		void end() {
			this.failure.set(catchThrowable(this.looped::work));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class })
	static class Application {

		@Bean
		Looped looped() {
			return new Looped();
		}

		@Bean
		ApplicationRunner calls(Looped looped) {
			return (arguments) -> assertThat(looped.work()).isOne();
		}

		@Bean
		Ready ready(Looped looped) {
			return new Ready(looped);
		}

	}

	record Ready(Looped looped) {

		@EventListener(ApplicationReadyEvent.class)
		void ready() {
			assertThat(this.looped.work()).isEqualTo(2);
		}

	}

	@DeferredHandler
	static class Looped {

		private int worked;

		int work() {
			return ++this.worked;
		}

		@ProcessingLoop
		void loop(DeferredCalls calls) {
			while (!calls.isClosing()) {
				calls.process(Duration.ofMillis(50));
			}
		}

	}

}
