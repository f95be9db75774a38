package io.greenroom.actuate.internal;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.greenroom.actuate.internal.GreenroomDump.Kind;
import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.autoconfigure.GreenroomEndpointAutoConfiguration;
import io.greenroom.autoconfigure.GreenroomHealthAutoConfiguration;
import io.greenroom.autoconfigure.GreenroomMetricsAutoConfiguration;
import io.greenroom.autoconfigure.StateAutoConfiguration;
import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.DeferredDeadlockException;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.DeferredTimeoutException;
import io.greenroom.deferred.HandlerStoppedException;
import io.greenroom.deferred.MailboxFullException;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.Overflow;
import io.greenroom.deferred.ProcessingLoop;
import io.greenroom.green.GreenPool;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.green.PoolFullException;
import io.greenroom.state.State;
import io.greenroom.state.StateMachines;
import io.greenroom.testkit.Until;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The entries of docs/guide/three-in-the-morning.md: each symptom is provoked, found
 * where the page says to look, and gone when what the page says was done.
 */
@Timeout(120)
class ThreeInTheMorningTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
				StateAutoConfiguration.class, GreenroomMetricsAutoConfiguration.class,
				GreenroomEndpointAutoConfiguration.class, GreenroomHealthAutoConfiguration.class))
		.withPropertyValues("management.endpoints.web.exposure.include=greenroom")
		.withBean(SimpleMeterRegistry.class)
		.withBean(CountDownLatch.class, () -> new CountDownLatch(1))
		.withUserConfiguration(Stock.class);

	@Test
	@DisplayName("M06 runbook: a handler is stuck")
	void aHandlerIsStuck() {
		run((night) -> {
			night.stock().take(night.leave());
			Until.until("the age to rise", () -> night.seconds("greenroom.deferred.running.age") >= 1);
			GreenroomDump.Problem problem = night.problem(Kind.STUCK_BODY);
			assertThat(problem.subject()).isEqualTo(Night.STOCK);
			assertThat(problem.message()).startsWith("take has run for ");
			assertThat(problem.at()).contains("Stock.shelf(");
			night.leave().countDown();
			night.gone(Kind.STUCK_BODY);
		});
	}

	@Test
	@DisplayName("M06 runbook: a loop lets nothing in")
	void aLoopLetsNothingIn() {
		run(this.runner.withUserConfiguration(Doorman.class), (night) -> {
			night.bean(Doorman.class).ring();
			GreenroomDump.Problem problem = night.problem(Kind.BLOCKED_LOOP);
			assertThat(problem.at()).contains("Doorman.watch(");
			assertThat(night.seconds("greenroom.deferred.mailbox.oldest.age")).isGreaterThanOrEqualTo(1);
			assertThat(night.seconds("greenroom.deferred.running.age")).isZero();
			night.leave().countDown();
			night.gone(Kind.BLOCKED_LOOP);
		});
	}

	@Test
	@DisplayName("M06 runbook: a handler is dead")
	void aHandlerIsDead() {
		run(this.runner.withUserConfiguration(Broken.class), (night) -> {
			GreenroomDump.Problem problem = night.problem(Kind.DEAD_HANDLER);
			assertThat(problem.message()).contains("java.lang.IllegalStateException: the fuse blew");
			assertThat(problem.at()).contains("Broken.run(");
			assertThat(night.bean(HealthIndicator.class).health().getStatus()).isEqualTo(Status.DOWN);
			assertThatExceptionOfType(HandlerStoppedException.class)
				.isThrownBy(() -> night.bean(Broken.class).answer());
			assertThat(night.count("greenroom.deferred.rejected", "reason", "stopped")).isPositive();
		});
	}

	@Test
	@DisplayName("M06 runbook: calls wait")
	void callsWait() {
		run((night) -> {
			night.stock().take(night.leave());
			night.stock().take(night.leave());
			assertThat(night.problem(Kind.OLDEST_CALL).subject()).isEqualTo(Night.STOCK);
			assertThat(night.gauge("greenroom.deferred.mailbox.size")).isEqualTo(1);
			assertThat(night.seconds("greenroom.deferred.mailbox.oldest.age")).isGreaterThanOrEqualTo(1);
			night.leave().countDown();
			night.gone(Kind.OLDEST_CALL);
		});
	}

	@Test
	@DisplayName("M06 runbook: a handler rejects calls")
	void aHandlerRejectsCalls() {
		run((night) -> {
			night.stock().take(night.leave());
			Until.until("the body to run", () -> night.gauge("greenroom.deferred.mailbox.size") == 0);
			night.stock().take(night.leave());
			night.stock().take(night.leave());
			assertThatExceptionOfType(MailboxFullException.class).isThrownBy(() -> night.stock().take(night.leave()));
			assertThat(night.count("greenroom.deferred.rejected", "reason", "full")).isEqualTo(1);
			assertThat(night.endpoint().take(0, null, null, Night.STOCK, null, null).handlers()).singleElement()
				.satisfies((handler) -> assertThat(handler.queued()).isEqualTo(handler.capacity()).isEqualTo(2));
		});
	}

	@Test
	@DisplayName("M06 runbook: handlers wait for each other")
	void handlersWaitForEachOther() {
		run(this.runner.withUserConfiguration(Waiter.class, Guest.class), (night) -> {
			Waiter waiter = night.bean(Waiter.class);
			assertThatExceptionOfType(DeferredDeadlockException.class)
				.isThrownBy(() -> waiter.ask(night.bean(Guest.class), waiter));
			assertThat(night.problem(Kind.WAIT_CIRCLE).message()).contains("Waiter.ask waits for ",
					"Guest.answer waits for ", "ThreeInTheMorningTests.java:");
			assertThat(night.count("greenroom.deferred.rejected", "reason", "deadlock")).isPositive();
			assertThat(waiter.thanks()).as("nothing is stuck").isEqualTo(1);
		});
	}

	@Test
	@DisplayName("M06 runbook: callers give up")
	void callersGiveUp() {
		run((night) -> {
			@SuppressWarnings("unchecked")
			Deferred<Stock> stock = night.context()
				.<Deferred<Stock>>getBeanProvider(
						org.springframework.core.ResolvableType.forClassWithGenerics(Deferred.class, Stock.class))
				.getObject();
			CountDownLatch begun = new CountDownLatch(1);
			CountDownLatch never = new CountDownLatch(1);
			assertThatExceptionOfType(DeferredTimeoutException.class)
				.isThrownBy(() -> stock.sync(Duration.ofSeconds(3)).wait(begun, never));
			assertThat(begun.getCount()).as("the body has begun").isZero();
			Until.until("the caller to be counted",
					() -> night.count("greenroom.deferred.abandoned", "method", "wait") == 1);
			never.countDown();
		});
	}

	@Test
	@DisplayName("M06 runbook: a pool rejects requests")
	void aPoolRejects() {
		run((night) -> {
			GreenPool pool = night.bean(GreenScheduler.class).pool("tables").size(1).queueCapacity(1).build();
			pool.submit(() -> night.leave().await(1, TimeUnit.MINUTES));
			GreenThread<Integer> waiting = pool.submit(() -> 7);
			assertThatExceptionOfType(PoolFullException.class).isThrownBy(() -> pool.submit(() -> 1));
			assertThat(night.problem(Kind.FULL_POOL).message()).contains("1 of 1 at work, 1 in line", "full=1");
			assertThat(night.count("greenroom.pool.rejected", "reason", "full")).isEqualTo(1);
			pool.resize(2);
			assertThat(waiting.get()).as("goes in at once").isEqualTo(7);
			night.leave().countDown();
			pool.close();
		});
	}

	@Test
	@DisplayName("M06 runbook: machines fail")
	void machinesFail() {
		run((night) -> {
			StateMachines machines = night.bean(StateMachines.class);
			Order order = machines.create(Order.class);
			order.paid(false);
			Until.until("the machine to fail", () -> night.count("greenroom.state.failed", "state", "paid") == 1);
			GreenroomDump.Problem problem = night.problem(Kind.FAILED_MACHINE);
			assertThat(problem.message()).contains("1 failed in paid",
					"java.lang.IllegalArgumentException: card refused", "Order.paid(");
			order.paid(true);
			Until.until("the machine to start anew", () -> "paid".equals(machines.of(order).current()));
			assertThat(machines.failed()).isEmpty();
		});
	}

	private void run(Entry test) {
		run(this.runner, test);
	}

	private static void run(ApplicationContextRunner runner, Entry test) {
		runner.run((context) -> {
			Night night = new Night(context);
			try {
				test.happens(night);
			}
			finally {
				night.leave().countDown();
			}
		});
	}

	/** An entry of the page. */
	private interface Entry {

		void happens(Night night) throws Exception;

	}

	/** What is there for somebody who was woken. */
	private record Night(ApplicationContext context) {

		private static final String STOCK = "threeInTheMorningTests.Stock";

		<T> T bean(Class<T> type) {
			return this.context.getBean(type);
		}

		Stock stock() {
			return bean(Stock.class);
		}

		CountDownLatch leave() {
			return bean(CountDownLatch.class);
		}

		GreenroomEndpoint endpoint() {
			return bean(GreenroomEndpoint.class);
		}

		GreenroomDump.Problem problem(Kind kind) {
			Until.until("the problem to be told",
					() -> endpoint().dump(0).problems().stream().anyMatch((each) -> each.kind() == kind));
			assertThat(endpoint().text(0).lines().limit(10))
				.anyMatch((line) -> line.strip().startsWith(kind.name().replace('_', ' ')));
			return endpoint().dump(0)
				.problems()
				.stream()
				.filter((each) -> each.kind() == kind)
				.findFirst()
				.orElseThrow();
		}

		void gone(Kind kind) {
			Until.until("the problem to be gone", () -> !endpoint().dump(0).problemCounts().containsKey(kind));
		}

		double seconds(String meter) {
			return bean(MeterRegistry.class).get(meter)
				.timeGauges()
				.stream()
				.mapToDouble((gauge) -> gauge.value(TimeUnit.SECONDS))
				.max()
				.orElse(0);
		}

		double gauge(String meter) {
			return bean(MeterRegistry.class).get(meter).gauges().stream().mapToDouble((gauge) -> gauge.value()).sum();
		}

		double count(String meter, String tag, String value) {
			return bean(MeterRegistry.class).find(meter)
				.tag(tag, value)
				.counters()
				.stream()
				.mapToDouble((counter) -> counter.count())
				.sum();
		}

	}

	@DeferredHandler(capacity = 2, overflow = Overflow.REJECT)
	static class Stock {

		@Oneway
		void take(CountDownLatch leave) {
			shelf(leave);
		}

		int wait(CountDownLatch begun, CountDownLatch leave) {
			begun.countDown();
			shelf(leave);
			return 1;
		}

		private void shelf(CountDownLatch leave) {
			try {
				leave.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

	@DeferredHandler
	static class Doorman {

		private final CountDownLatch leave;

		Doorman(CountDownLatch leave) {
			this.leave = leave;
		}

		@ProcessingLoop
		void watch(DeferredCalls calls) throws InterruptedException {
			this.leave.await();
			calls.processForever();
		}

		@Oneway
		void ring() {
		}

	}

	@DeferredHandler
	static class Broken {

		@ProcessingLoop
		void run(DeferredCalls calls) {
			throw new IllegalStateException("the fuse blew");
		}

		int answer() {
			return 1;
		}

	}

	@DeferredHandler
	static class Waiter {

		int ask(Guest guest, Waiter self) {
			return guest.answer(self);
		}

		int thanks() {
			return 1;
		}

	}

	@DeferredHandler
	static class Guest {

		int answer(Waiter waiter) {
			return waiter.thanks();
		}

	}

	static class Order {

		@State(initial = true, transitionsTo = "sent")
		void paid(boolean valid) {
			if (!valid) {
				throw new IllegalArgumentException("card refused");
			}
		}

		@State
		void sent() {
		}

	}

}
