package io.greenroom.actuate.internal;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.greenroom.autoconfigure.DeferredAutoConfiguration;
import io.greenroom.autoconfigure.GreenSchedulerAutoConfiguration;
import io.greenroom.autoconfigure.GreenroomEndpointAutoConfiguration;
import io.greenroom.autoconfigure.StateAutoConfiguration;
import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.DeferredDeadlockException;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.ProcessingLoop;
import io.greenroom.green.GreenPool;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.PoolFullException;
import io.greenroom.metrics.internal.MeterObserver;
import io.greenroom.observe.MachineListener;
import io.greenroom.observe.Observer;
import io.greenroom.state.State;
import io.greenroom.state.StateMachines;
import io.greenroom.testkit.Until;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What is wrong stands first, and what there is stays bounded. */
@Timeout(120)
class ProblemsTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, DeferredAutoConfiguration.class,
				StateAutoConfiguration.class, GreenroomEndpointAutoConfiguration.class))
		.withPropertyValues("management.endpoints.web.exposure.include=greenroom");

	@Test
	@DisplayName("M06 each kind of problem stands in the first ten lines, in the JSON's problems and in a meter, with the user's own frame, and running apart from waiting")
	void everyProblemStandsFirst() {
		CountDownLatch leave = new CountDownLatch(1);
		MeterRegistry registry = new SimpleMeterRegistry();
		this.runner.withBean(Observer.class, () -> new MeterObserver(registry))
			.withBean(CountDownLatch.class, () -> leave)
			.withUserConfiguration(Kitchen.class, Waiter.class, Guest.class, Sleeper.class, Broken.class)
			.run((context) -> {
				try {
					provokeAndFind(context, leave, registry);
				}
				finally {
					leave.countDown();
				}
			});
	}

	private static double runningAge(MeterRegistry registry, String handler) {
		return registry.get("greenroom.deferred.running.age")
			.tag("handler", handler)
			.timeGauge()
			.value(TimeUnit.SECONDS);
	}

	private static double count(MeterRegistry registry, String meter, String tag, String value) {
		return registry.get(meter).tag(tag, value).counter().count();
	}

	private static void provokeAndFind(ApplicationContext context, CountDownLatch leave, MeterRegistry registry)
			throws Exception {
		GreenroomEndpoint endpoint = context.getBean(GreenroomEndpoint.class);
		Kitchen kitchen = context.getBean(Kitchen.class);
		kitchen.cook(leave);
		kitchen.cook(leave);
		context.getBean(Sleeper.class).wake();
		context.getBean(StateMachines.class).create(Order.class).paid();
		GreenPool pool = context.getBean(GreenScheduler.class).pool("tables").size(1).queueCapacity(0).build();
		pool.submit(() -> {
			leave.await();
			return 1;
		});
		assertThatExceptionOfType(PoolFullException.class).isThrownBy(() -> pool.submit(() -> 2));
		Waiter waiter = context.getBean(Waiter.class);
		assertThatExceptionOfType(DeferredDeadlockException.class)
			.isThrownBy(() -> waiter.ask(context.getBean(Guest.class), waiter));
		Until.until("every problem to be seen", () -> endpoint.dump(0).problemCounts().keySet().size() == 7);
		// It is stuck by the clock, which on a busy machine can be before it waits.
		Until.until("the stuck body to wait",
				() -> problem(endpoint.dump(0), GreenroomDump.Kind.STUCK_BODY).stack().getFirst().contains("await"));
		assertThat(runningAge(registry, "problemsTests.Kitchen")).isGreaterThanOrEqualTo(1);
		assertThat(runningAge(registry, "problemsTests.Guest")).isZero();
		GreenroomDump dump = endpoint.dump(0);
		assertThat(dump.problems()).extracting(GreenroomDump.Problem::kind)
			.startsWith(GreenroomDump.Kind.STUCK_BODY, GreenroomDump.Kind.BLOCKED_LOOP, GreenroomDump.Kind.DEAD_HANDLER,
					GreenroomDump.Kind.FAILED_MACHINE, GreenroomDump.Kind.FULL_POOL, GreenroomDump.Kind.WAIT_CIRCLE,
					GreenroomDump.Kind.OLDEST_CALL);
		assertThat(problem(dump, GreenroomDump.Kind.STUCK_BODY)).satisfies((stuck) -> {
			assertThat(stuck.subject()).isEqualTo("problemsTests.Kitchen");
			assertThat(stuck.at()).contains("ProblemsTests$Kitchen.stir(ProblemsTests.java:");
			assertThat(stuck.message()).matches("cook has run for PT\\S+, called PT\\S+ ago, on thread \\S+");
			assertThat(stuck.stack().getFirst()).startsWith("java.").contains("CountDownLatch.await");
			assertThat(stuck.stack()).filteredOn((frame) -> frame.contains("Kitchen.")).hasSize(2);
			assertThat(stuck.stack()).hasSizeLessThan(8);
		});
		assertThat(context.getBean(GreenroomEndpoint.class).text(0).lines().limit(10)).satisfies((first) -> {
			assertThat(first).anySatisfy((line) -> assertThat(line).contains("STUCK BODY problemsTests.Kitchen",
					"at io.greenroom.actuate.internal.ProblemsTests$Kitchen.stir("));
			assertThat(first).anySatisfy((line) -> assertThat(line).contains("BLOCKED LOOP problemsTests.Sleeper",
					"at io.greenroom.actuate.internal.ProblemsTests$Sleeper.run("));
			assertThat(first).anySatisfy((line) -> assertThat(line).contains("DEAD HANDLER problemsTests.Broken",
					"java.lang.IllegalStateException: the fuse blew", "ProblemsTests$Broken.run("));
			assertThat(first).anySatisfy((line) -> assertThat(line).contains("FAILED MACHINE", "Order",
					"java.lang.IllegalArgumentException: card refused", "ProblemsTests$Order.paid("));
			assertThat(first).anySatisfy((line) -> assertThat(line)
				.contains("FULL POOL tables: 1 of 1 at work, 0 in line, rejected {full=1}"));
			assertThat(first).anySatisfy((line) -> assertThat(line).contains("WAIT CIRCLE",
					"problemsTests.Waiter.ask waits for problemsTests.Guest.answer",
					"problemsTests.Guest.answer waits for problemsTests.Waiter.thanks"));
			assertThat(first).anySatisfy((line) -> assertThat(line).contains("OLDEST CALL"));
		});
		assertThat(runningAge(registry, "problemsTests.Kitchen")).as("stuck body").isPositive();
		assertThat(count(registry, "greenroom.deferred.loop.failures", "restarting", "false")).as("dead handler")
			.isOne();
		assertThat(count(registry, "greenroom.state.failed", "state", "paid")).as("failed machine").isOne();
		assertThat(count(registry, "greenroom.pool.rejected", "reason", "full")).as("full pool").isOne();
		assertThat(count(registry, "greenroom.deferred.rejected", "reason", "deadlock")).as("circle").isOne();
		assertThat(registry.get("greenroom.deferred.mailbox.oldest.age")
			.tag("handler", "problemsTests.Sleeper")
			.timeGauge()
			.value(TimeUnit.SECONDS)).as("oldest call, blocked loop").isGreaterThanOrEqualTo(1);
		leave.countDown();
		Until.until("the stuck body to be gone",
				() -> !endpoint.dump(0).problemCounts().containsKey(GreenroomDump.Kind.STUCK_BODY));
	}

	@Test
	@DisplayName("M06 where nothing is wrong the dump says so first")
	void nothingWrong() {
		this.runner.withUserConfiguration(Kitchen.class)
			.run((context) -> assertThat(context.getBean(GreenroomEndpoint.class).text(0))
				.startsWith("Problems: none\n"));
	}

	@Test
	@DisplayName("M06 a message of several lines, or a very long one, takes one line of bounded length")
	void messagesTakeOneLine() {
		this.runner.withUserConfiguration(Kitchen.class).run((context) -> {
			GreenroomDumps dumps = context.getBean(GreenroomDumps.class);
			dumps.machine("Order").failed("paid", new IllegalStateException("first\nSecond\r\n" + "x".repeat(5000)));
			List<String> first = context.getBean(GreenroomEndpoint.class).text(0).lines().limit(3).toList();
			assertThat(first.get(1)).contains("FAILED MACHINE Order", "first Second").hasSizeLessThan(1000);
			assertThat(first.get(2)).startsWith("Scheduler");
		});
	}

	@Test
	@DisplayName("M07 the dump of many threads and machines is counted in full and shown by the page, in less than a megabyte")
	void boundedAndPaged() {
		int many = Integer.getInteger("greenroom.test.threads", 3000);
		this.runner.run((context) -> {
			GreenScheduler scheduler = context.getBean(GreenScheduler.class);
			CountDownLatch leave = new CountDownLatch(1);
			for (int i = 0; i < many; i++) {
				scheduler.spawn("singer", () -> {
					leave.await();
					return 1;
				});
			}
			MachineListener machines = context.getBean(GreenroomDumps.class).machine("com.acme.Order");
			for (int i = 0; i < 10 * many; i++) {
				machines.moved(null, "paid", Duration.ZERO);
			}
			GreenroomEndpoint endpoint = context.getBean(GreenroomEndpoint.class);
			Until.until("all threads to live", () -> endpoint.dump(0).counts().threads() >= many);
			long start = System.nanoTime();
			GreenroomDump dump = endpoint.dump(null);
			String text = dump.toString();
			if (many > 50_000) {
				System.out.println(many + " threads: " + Duration.ofNanos(System.nanoTime() - start) + ", "
						+ text.length() + " characters");
			}
			assertThat(dump.threads()).hasSize(100);
			assertThat(dump.counts().threads()).isGreaterThanOrEqualTo(many);
			assertThat(dump.states())
				.containsExactly(new GreenroomDump.StateCount("com.acme.Order", "paid", 10L * many));
			assertThat(text).hasSizeLessThan(1_000_000).contains(dump.counts().threads() + " green threads, 100 shown");
			assertThat(endpoint.take(100, 1000, null, null, null, null).toString()).hasSizeLessThan(10_000_000);
			assertThat(endpoint.take(0, 10, 5, null, null, null).threads())
				.isEqualTo(endpoint.take(0, 100, null, null, null, null).threads().subList(5, 15));
			leave.countDown();
		});
	}

	@ParameterizedTest
	@CsvSource({ "101,,", "-1,,", ",0,", ",1001,", ",,-1" })
	@DisplayName("M07 a number out of its bounds is told with the bounds")
	void numbersHaveBounds(Integer frames, Integer limit, Integer offset) {
		assertThatExceptionOfType(InvalidEndpointRequestException.class)
			.isThrownBy(() -> DumpQuery.of(frames, limit, offset, null, null, null))
			.withMessageMatching("'(frames|limit|offset)' is -?\\d+; give a number from \\d to \\d+");
	}

	@Test
	@DisplayName("M07 a handler, a class of machines and a state can be asked for by name")
	void filters() {
		this.runner.withUserConfiguration(Kitchen.class, Waiter.class).run((context) -> {
			GreenroomDumps dumps = context.getBean(GreenroomDumps.class);
			dumps.machine("com.acme.Order").moved(null, "paid", Duration.ZERO);
			dumps.machine("com.acme.Order").moved(null, "sent", Duration.ZERO);
			dumps.machine("com.acme.Border").moved(null, "paid", Duration.ZERO);
			GreenroomEndpoint endpoint = context.getBean(GreenroomEndpoint.class);
			assertThat(endpoint.take(0, null, null, "problemsTests.Waiter", null, null).handlers()).extracting("name")
				.containsExactly("problemsTests.Waiter");
			assertThat(endpoint.take(0, null, null, null, "Order", null).states()).extracting("state")
				.containsExactly("paid", "sent");
			assertThat(endpoint.take(0, null, null, null, "com.acme.Order", "sent").states()).hasSize(1);
		});
	}

	@Test
	@DisplayName("M07 a part is had by its path, and an unknown one is not there")
	void partsByPath() {
		this.runner.withUserConfiguration(Kitchen.class, Waiter.class).run((context) -> {
			context.getBean(GreenroomDumps.class).machine("com.acme.Order").moved(null, "paid", Duration.ZERO);
			GreenPool pool = context.getBean(GreenScheduler.class).pool("tables", 1);
			GreenroomEndpoint endpoint = context.getBean(GreenroomEndpoint.class);
			assertThat(part(endpoint, "handlers", "problemsTests.Waiter")).asInstanceOf(InstanceOfAssertFactories.LIST)
				.hasSize(1);
			assertThat(part(endpoint, "handlers")).asInstanceOf(InstanceOfAssertFactories.LIST).hasSizeGreaterThan(1);
			assertThat(part(endpoint, "pools", pool.name())).asInstanceOf(InstanceOfAssertFactories.LIST).hasSize(1);
			assertThat(part(endpoint, "machines", "Order")).asInstanceOf(InstanceOfAssertFactories.LIST)
				.containsExactly(new GreenroomDump.StateCount("com.acme.Order", "paid", 1));
			assertThat(part(endpoint, "problems")).asInstanceOf(InstanceOfAssertFactories.LIST).isEmpty();
			assertThat(part(endpoint, "threads")).isNotNull();
			assertThat(part(endpoint, "handlers", "nobody")).isNull();
			assertThat(part(endpoint, "pools", "none")).isNull();
			assertThat(part(endpoint, "nonsense")).isNull();
			assertThat(part(endpoint, "handlers", "a", "b")).isNull();
		});
	}

	private static Object part(GreenroomEndpoint endpoint, String... path) {
		return endpoint.part(path, null, null, null, null);
	}

	private static GreenroomDump.Problem problem(GreenroomDump dump, GreenroomDump.Kind kind) {
		return dump.problems().stream().filter((problem) -> problem.kind() == kind).findFirst().orElseThrow();
	}

	@DeferredHandler
	static class Kitchen {

		@Oneway
		void cook(CountDownLatch leave) {
			stir(leave);
		}

		private void stir(CountDownLatch leave) {
			try {
				leave.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
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

	@DeferredHandler
	static class Sleeper {

		private final CountDownLatch leave;

		Sleeper(CountDownLatch leave) {
			this.leave = leave;
		}

		@ProcessingLoop
		void run(DeferredCalls calls) throws InterruptedException {
			this.leave.await();
		}

		@Oneway
		void wake() {
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

	static class Order {

		@State(initial = true)
		void paid() {
			throw new IllegalArgumentException("card refused");
		}

	}

}
