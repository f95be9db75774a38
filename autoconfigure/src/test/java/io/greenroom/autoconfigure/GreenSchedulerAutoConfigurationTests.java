package io.greenroom.autoconfigure;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.green.SchedulerClosedException;
import io.greenroom.observe.Observer;
import io.greenroom.observe.ThreadGauges;
import io.greenroom.observe.ThreadListener;
import io.greenroom.spring.internal.GreenSchedulerLifecycle;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class GreenSchedulerAutoConfigurationTests {

	private final ApplicationContextRunner greenroom = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class));

	@Test
	@DisplayName("H17 settings of pools are named in a warning where WebFlux serves, which has none")
	void poolsUnderWebFlux(CapturedOutput output) {
		ReactiveWebApplicationContextRunner reactive = new ReactiveWebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class));
		reactive.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("greenroom.pools");
		reactive.withPropertyValues("greenroom.pools.default.size=5")
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce("greenroom.pools.* is set but has no effect");
	}

	@Test
	@DisplayName("A01 the starter alone gives a scheduler that runs bodies on virtual threads")
	void schedulerIsThere() {
		this.greenroom.run((context) -> {
			assertThat(context).hasBean("greenScheduler").hasSingleBean(GreenSchedulerLifecycle.class);
			GreenScheduler scheduler = context.getBean(GreenScheduler.class);
			assertThat(scheduler.spawn(() -> Thread.currentThread().isVirtual()).get()).isTrue();
		});
	}

	@Test
	@DisplayName("A02 backs off to a user's own scheduler, and drains that one")
	void backsOff() {
		GreenScheduler own = GreenScheduler.builder().name("own").build();
		this.greenroom.withBean("mine", GreenScheduler.class, () -> own)
			.run((context) -> assertThat(context).hasSingleBean(GreenScheduler.class)
				.hasBean("mine")
				.hasSingleBean(GreenSchedulerLifecycle.class));
		assertThatExceptionOfType(SchedulerClosedException.class).isThrownBy(() -> own.spawn(() -> "late"));
	}

	@Test
	@DisplayName("A02 Boot's applicationTaskExecutor and taskScheduler are still there")
	void bootsExecutorsStay() {
		this.greenroom
			.withConfiguration(
					AutoConfigurations.of(TaskExecutionAutoConfiguration.class, TaskSchedulingAutoConfiguration.class))
			.withUserConfiguration(Scheduling.class)
			.run((context) -> {
				assertThat(context).hasBean("applicationTaskExecutor").hasBean("taskScheduler");
				assertThat(context).hasSingleBean(TaskScheduler.class);
				assertThat(context).getBeanNames(Executor.class)
					.containsExactlyInAnyOrder("applicationTaskExecutor", "taskScheduler", "greenSchedulerExecutor");
			});
	}

	@Test
	@DisplayName("G30 @Async(\"greenScheduler\") runs on a green thread, plain @Async on Boot's executor")
	void async() {
		this.greenroom.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class))
			.withUserConfiguration(AsyncCalls.class)
			.run((context) -> {
				AsyncCalls calls = context.getBean(AsyncCalls.class);
				assertThat(calls.green().get()).startsWith("green-");
				assertThat(calls.plain().get()).isEqualTo("none");
				assertThat(context.getBean(InjectedExecutors.class).executor())
					.isSameAs(context.getBean("greenSchedulerExecutor"));
			});
	}

	@Test
	@DisplayName("G30 after the close an asynchronous call is rejected with an error that says why")
	void asyncAfterClose() {
		this.greenroom.withUserConfiguration(AsyncCalls.class).run((context) -> {
			context.getBean(GreenScheduler.class).close();
			AsyncCalls calls = context.getBean(AsyncCalls.class);
			assertThatExceptionOfType(TaskRejectedException.class).isThrownBy(calls::green)
				.havingCause()
				.isInstanceOf(SchedulerClosedException.class)
				.withMessageContaining("shutting down");
		});
	}

	@Test
	@DisplayName("A03 greenroom.scheduler.enabled=false leaves nothing of it")
	void off() {
		this.greenroom.withPropertyValues("greenroom.scheduler.enabled=false").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context).doesNotHaveBean(GreenScheduler.class)
				.doesNotHaveBean(GreenSchedulerLifecycle.class)
				.doesNotHaveBean(GreenSchedulerAutoConfiguration.class);
		});
	}

	@Test
	@DisplayName("G19 every observer hears of every spawn, in order, and one that fails stops nothing")
	void observersAreCollected() {
		this.greenroom.withUserConfiguration(Observers.class).run((context) -> {
			GreenScheduler scheduler = context.getBean(GreenScheduler.class);
			scheduler.spawn(() -> "one").join();
			scheduler.spawn(() -> "two").join();
			assertThat(context.getBean(AtomicInteger.class)).hasValue(2);
		});
	}

	@Test
	@DisplayName("G29 closing the context waits for accepted work")
	void closeWaitsForWork() {
		CountDownLatch release = new CountDownLatch(1);
		AtomicInteger done = new AtomicInteger();
		this.greenroom.run((context) -> {
			GreenScheduler scheduler = context.getBean(GreenScheduler.class);
			scheduler.spawn(() -> {
				release.await();
				done.incrementAndGet();
			});
			Thread closer = Thread.ofVirtual().start(context::close);
			Rejection.await(scheduler);
			assertThat(closer.isAlive()).isTrue();
			release.countDown();
			closer.join();
			assertThat(done).hasValue(1);
		});
	}

	@Test
	@DisplayName("G29 a 1000 s sleeper does not hold the close longer than spring.lifecycle.timeout-per-shutdown-phase")
	void sleeperDoesNotHoldTheClose() {
		this.greenroom.withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=200ms").run((context) -> {
			GreenThread<Void> sleeper = context.getBean(GreenScheduler.class)
				.spawn("sleeper", () -> Thread.sleep(Duration.ofSeconds(1000)));
			long start = System.nanoTime();
			context.close();
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(200),
					Duration.ofSeconds(60));
			assertThat(sleeper.isDone()).isTrue();
			assertThat(sleeper.isSuccessful()).isFalse();
		});
	}

	/** Waits until a scheduler rejects work, without sleeping. */
	private static final class Rejection {

		static void await(GreenScheduler scheduler) throws InterruptedException {
			while (true) {
				try {
					scheduler.spawn(() -> "accepted").join();
				}
				catch (SchedulerClosedException rejected) {
					return;
				}
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	static class Scheduling {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	@Import(InjectedExecutors.class)
	static class AsyncCalls {

		@Async("greenScheduler")
		CompletableFuture<String> green() {
			return CompletableFuture.completedFuture(nameOfCurrent());
		}

		@Async
		CompletableFuture<String> plain() {
			return CompletableFuture.completedFuture(nameOfCurrent());
		}

		private static String nameOfCurrent() {
			GreenThread<?> current = GreenThread.current();
			return (current != null) ? current.name() : "none";
		}

	}

	/** Wants the executor as MVC's and WebSocket's configurers do. */
	record InjectedExecutors(@Qualifier("greenScheduler") AsyncTaskExecutor executor,
			@Qualifier("greenScheduler") GreenScheduler scheduler) {
	}

	@Configuration(proxyBeanMethods = false)
	static class Observers {

		@Bean
		AtomicInteger heard() {
			return new AtomicInteger();
		}

		@Bean
		@Order(1)
		Observer failing() {
			return new Observer() {

				@Override
				public ThreadListener threads(String scheduler, ThreadGauges gauges) {
					return new ThreadListener() {

						@Override
						public void spawned() {
							throw new IllegalStateException("deliberate");
						}

					};
				}

			};
		}

		@Bean
		@Order(2)
		Observer counting(AtomicInteger heard) {
			return new Observer() {

				@Override
				public ThreadListener threads(String scheduler, ThreadGauges gauges) {
					return new ThreadListener() {

						@Override
						public void spawned() {
							heard.incrementAndGet();
						}

					};
				}

			};
		}

	}

}
