package io.greenroom.autoconfigure;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.DeferredTimeoutException;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.HandlerStoppedException;
import io.greenroom.deferred.MailboxFullException;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.Overflow;
import io.greenroom.deferred.ProcessingLoop;
import io.greenroom.deferred.Restart;
import io.greenroom.deferred.RestartPolicy;
import io.greenroom.green.GreenScheduler;
import io.greenroom.spring.InvalidHandlersException;
import io.greenroom.spring.internal.HandlerBeanPostProcessor;
import io.greenroom.spring.internal.HandlerDefinitions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.convert.ConversionFailedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What can be set of handlers, and what stops the start. */
@Timeout(60)
class DeferredSettingsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
				TaskExecutionAutoConfiguration.class));

	@Test
	@DisplayName("A04 capacity, overflow and timeout of application.yml take effect, and an annotation goes before them")
	void keysTakeEffect() {
		this.runner
			.withPropertyValues("greenroom.deferred.capacity=1", "greenroom.deferred.overflow=reject",
					"greenroom.deferred.timeout=20ms")
			.withUserConfiguration(Inventory.class, Patient.class, Orders.class)
			.run((context) -> {
				Orders orders = context.getBean(Orders.class);
				CountDownLatch inside = new CountDownLatch(1);
				CountDownLatch leave = new CountDownLatch(1);
				CompletableFuture<Integer> held = orders.deferred.async((inventory) -> {
					try {
						return inventory.audit(inside, leave);
					}
					catch (InterruptedException broken) {
						throw new IllegalStateException(broken);
					}
				});
				inside.await();
				// It keeps its room until the handler passes it by.
				assertThatExceptionOfType(DeferredTimeoutException.class)
					.isThrownBy(() -> orders.inventory.audit(inside, leave))
					.withMessageContaining("within PT0.02S");
				assertThatExceptionOfType(MailboxFullException.class).isThrownBy(() -> orders.inventory.restock("a", 1))
					.withMessageContaining("(1 calls waiting");
				leave.countDown();
				held.get(30, TimeUnit.SECONDS);
				Patient patient = context.getBean(Patient.class);
				CountDownLatch patientInside = new CountDownLatch(1);
				CountDownLatch patientLeave = new CountDownLatch(1);
				patient.hold(patientInside, patientLeave);
				patientInside.await();
				patient.hold(patientInside, patientLeave);
				patient.hold(patientInside, patientLeave);
				assertThatExceptionOfType(MailboxFullException.class)
					.isThrownBy(() -> patient.hold(patientInside, patientLeave))
					.withMessageContaining("no room within PT0.05S");
				patientLeave.countDown();
			});
	}

	@Test
	@DisplayName("A04 a wrong value stops the start with the key, the value and what is allowed")
	void wrongValuesStopTheStart() {
		this.runner.withPropertyValues("greenroom.deferred.capacity=0")
			.withUserConfiguration(Inventory.class)
			.run((context) -> assertThat(analysis(context.getStartupFailure())).satisfies((analysis) -> {
				assertThat(analysis.getDescription()).contains("greenroom.deferred.capacity", "'0'");
				assertThat(analysis.getAction()).contains("a number of calls, 1 or more");
			}));
	}

	@Test
	@DisplayName("D32 everything that is wrong with all handlers is listed at once, with the remedies")
	void wrongHandlersStopTheStart() {
		this.runner.withUserConfiguration(FinalHandler.class, WrongHandler.class)
			.run((context) -> assertThat(analysis(context.getStartupFailure()))
				.satisfies((analysis) -> assertThat(analysis.getDescription()).contains("FinalHandler",
						"the class is final", "remove 'final'", "WrongHandler", "answer() is @Oneway but returns int",
						"make it void", "locked() is final", "hidden() is private", "shared() is static",
						"loop(String) is @ProcessingLoop")));
	}

	@Test
	@DisplayName("A03 switched off, handlers are ordinary beans and nothing of the part is left")
	void switchedOff() {
		this.runner.withPropertyValues("greenroom.deferred.enabled=false")
			.withUserConfiguration(Inventory.class)
			.run((context) -> {
				assertThat(context).doesNotHaveBean(HandlerBeanPostProcessor.class)
					.doesNotHaveBean(HandlerDefinitions.class)
					.doesNotHaveBean(Deferred.class);
				assertThat(AopUtils.isAopProxy(context.getBean(Inventory.class))).isFalse();
			});
	}

	@Test
	@DisplayName("A02 Boot's own executor is still there, and a user's scheduler is taken")
	void backsOff() {
		GreenScheduler own = GreenScheduler.builder().name("own").build();
		this.runner.withBean("mine", GreenScheduler.class, () -> own)
			.withUserConfiguration(Inventory.class)
			.run((context) -> {
				assertThat(context).hasSingleBean(GreenScheduler.class).hasBean("applicationTaskExecutor");
				assertThat(context.getBean(Executor.class)).isNotNull();
				assertThat(context.getBean(Inventory.class).reserve("a", 0)).isZero();
			});
	}

	private static FailureAnalysis analysis(@Nullable Throwable failure) {
		assertThat(failure).isNotNull();
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			FailureAnalysis analysis = (cause instanceof InvalidHandlersException)
					? new InvalidHandlersFailureAnalyzer().analyze(cause)
					: new InvalidSettingFailureAnalyzer().analyze(cause);
			if (analysis != null) {
				return analysis;
			}
		}
		throw new AssertionError("No analysis of the failure", failure);
	}

	@Test
	@DisplayName("A04 restart, readers and busy-limit of application.yml take effect, and an annotation goes before them")
	void furtherKeysTakeEffect() {
		this.runner
			.withPropertyValues("greenroom.deferred.restart.limit=2", "greenroom.deferred.restart.period=2m",
					"greenroom.deferred.restart.backoff=3ms", "greenroom.deferred.readers=4",
					"greenroom.deferred.busy-limit=5s")
			.run((context) -> {
				HandlerOptions defaults = context.getBean(DeferredProperties.class).options();
				assertThat(defaults.restart())
					.isEqualTo(new RestartPolicy(2, Duration.ofMinutes(2), Duration.ofMillis(3)));
				assertThat(defaults.readers()).isEqualTo(4);
				assertThat(defaults.busyLimit()).isEqualTo(Duration.ofSeconds(5));
			});
		this.runner.withPropertyValues("greenroom.deferred.restart.limit=1", "greenroom.deferred.restart.backoff=1ms")
			.withUserConfiguration(Looping.class, LoopingOften.class)
			.run((context) -> {
				assertThatExceptionOfType(HandlerStoppedException.class)
					.isThrownBy(() -> context.getBean(Looping.class).starts())
					.withMessageContaining("broken 2");
				assertThatExceptionOfType(HandlerStoppedException.class)
					.isThrownBy(() -> context.getBean(LoopingOften.class).starts())
					.withMessageContaining("broken 4");
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "overflow=drop-oldest", "overflow=drop-newest", "restart.limit=-1", "restart.period=0s",
			"restart.backoff=-1s", "readers=0", "busy-limit=-1s" })
	@DisplayName("A04 wrong values of the further keys stop the start and are named")
	void wrongFurtherValues(String setting) {
		this.runner.withPropertyValues("greenroom.deferred." + setting)
			.withUserConfiguration(Inventory.class)
			.run((context) -> assertThat(context.getStartupFailure())
				.hasStackTraceContaining("greenroom.deferred." + setting.substring(0, setting.indexOf('='))));
	}

	@ParameterizedTest
	@ValueSource(strings = { "drop", "drop-oldest", "wait" })
	@DisplayName("A04 a wrong overflow is answered with the values that are accepted, and with no others")
	void wrongOverflow(String value) {
		this.runner.withPropertyValues("greenroom.deferred.overflow=" + value)
			.withUserConfiguration(Inventory.class)
			.run((context) -> {
				Throwable failure = context.getStartupFailure();
				assertThat(failure).hasStackTraceContaining("greenroom.deferred.overflow");
				while (!(failure instanceof ConversionFailedException)) {
					failure = java.util.Objects.requireNonNull(failure).getCause();
				}
				// Those that Spring Boot's analysis lists.
				Class<?> listed = ((ConversionFailedException) failure).getTargetType().getType();
				assertThat(listed.getEnumConstants()).hasSize(2)
					.allSatisfy((valid) -> this.runner.withPropertyValues("greenroom.deferred.overflow=" + valid)
						.withUserConfiguration(Inventory.class)
						.run((started) -> assertThat(started).hasNotFailed()));
			});
	}

	abstract static class Breaking {

		private int starts;

		@ProcessingLoop
		void run(DeferredCalls calls) {
			this.starts++;
			throw new IllegalStateException("broken " + this.starts);
		}

		int starts() {
			return this.starts;
		}

	}

	@DeferredHandler
	static class Looping extends Breaking {

	}

	@DeferredHandler(restart = @Restart(limit = 3, period = "1m", backoff = "${pause:1ms}"), readers = 2,
			busyLimit = "0s")
	static class LoopingOften extends Breaking {

	}

	@DeferredHandler(capacity = 2, overflow = Overflow.BLOCK, timeout = "${patience:50ms}")
	static class Patient extends Inventory {

	}

	@DeferredHandler
	static final class FinalHandler {

	}

	@DeferredHandler
	static class WrongHandler {

		@Oneway
		int answer() {
			return 42;
		}

		final void locked() {
		}

		@Oneway
		private void hidden() {
		}

		@Oneway
		static void shared() {
		}

		@ProcessingLoop
		void loop(String what) {
		}

	}

}
