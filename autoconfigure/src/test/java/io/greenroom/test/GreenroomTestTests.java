package io.greenroom.test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredTimeoutException;
import io.greenroom.green.GreenEvent;
import io.greenroom.green.GreenThread;
import io.greenroom.green.worker.WorkerStuckException;
import io.greenroom.state.State;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

import static io.greenroom.test.GreenroomAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** {@link GreenroomTest} without Spring. */
@Timeout(120)
class GreenroomTestTests {

	static class Desk {

		private final List<String> log = new ArrayList<>();

		private Deferred<Desk> next;

		int note(String what) {
			this.log.add(what);
			return this.log.size();
		}

		void pass(String what) {
			this.next.oneway().note(what);
		}

		void stay() throws InterruptedException {
			new GreenEvent().await();
		}

	}

	static class Order {

		@State(initial = true, transitionsTo = { "paid", "expired" }, timeout = "30m", onTimeout = "expired")
		void open() {
		}

		@State
		void paid() {
		}

		@State
		void expired() {
		}

	}

	@GreenroomTest
	static class Passing {

		private StateMachines machines;

		@BeforeEach
		void begin(DeterministicScheduler scheduler) {
			// Calls work here as well.
			assertThat(Deferred.of(scheduler.scheduler(), new Desk()).sync().note("before")).isOne();
			this.machines = StateMachines.builder(scheduler.scheduler()).build();
		}

		@Test
		void callsAndWaits(DeterministicScheduler scheduler) throws Exception {
			assertThat(scheduler.clock().instant()).isEqualTo(Instant.EPOCH);
			Deferred<Desk> desk = Deferred.of(scheduler.scheduler(), new Desk());
			assertThat(desk.sync().note("one")).isOne();
			assertThat(desk.sync(Duration.ofSeconds(1)).note("two")).isEqualTo(2);
			assertThat(desk.async((target) -> target.note("three")).get()).isEqualTo(3);
			GreenThread<Integer> child = scheduler.scheduler().spawn(() -> desk.sync().note("four"));
			assertThat(child.get()).isEqualTo(4);
			scheduler.scheduler().sleep(Duration.ofDays(1));
			assertThat(scheduler.clock().instant()).isEqualTo(Instant.EPOCH.plus(Duration.ofDays(1)));
		}

		@Test
		void advances(DeterministicScheduler scheduler) throws Exception {
			// The time of another test does not go on here.
			assertThat(scheduler.clock().instant()).isEqualTo(Instant.EPOCH);
			Order order = this.machines.create(Order.class);
			StateMachine machine = this.machines.of(order);
			order.open();
			assertThat(machine.awaitRest(Duration.ofSeconds(1))).isTrue();
			scheduler.advance(Duration.ofMinutes(30).minusNanos(1));
			assertThat(machine).isAtRestIn("open");
			scheduler.advance(Duration.ofNanos(1));
			assertThat(machine).isDone().isIn("expired");
		}

		@Test
		void waitsForATimeout(DeterministicScheduler scheduler) throws Exception {
			Order order = this.machines.create(Order.class);
			order.open();
			assertThat(this.machines.of(order).awaitState("expired", Duration.ofHours(1))).isTrue();
			assertThat(scheduler.clock().instant()).isEqualTo(Instant.EPOCH.plus(Duration.ofMinutes(30)));
		}

		@Test
		void settles(DeterministicScheduler scheduler) throws Exception {
			Desk last = new Desk();
			Desk first = new Desk();
			first.next = Deferred.of(scheduler.scheduler(), last);
			Deferred.of(scheduler.scheduler(), first).oneway().pass("on");
			Settling.settle(scheduler.scheduler());
			assertThat(last.log).containsExactly("on");
		}

		@Test
		void steps(DeterministicScheduler scheduler) throws Exception {
			Desk target = new Desk();
			Deferred<Desk> desk = Deferred.of(scheduler.scheduler(), target);
			try (HeldMailbox mailbox = HeldMailbox.hold(desk)) {
				desk.oneway().note("one");
				desk.oneway().note("two");
				assertThat(desk).hasPendingCalls("note", "note");
				assertThat(mailbox.step()).isTrue();
				assertThat(target.log).containsExactly("one");
			}
			Settling.settle(scheduler.scheduler());
			assertThat(desk).isAtRest();
			assertThat(target.log).containsExactly("one", "two");
		}

		@Test
		void isTheLeader(DeterministicScheduler scheduler) {
			assertThat(DeterministicScheduler.current()).contains(scheduler);
		}

		@AfterEach
		void end(DeterministicScheduler scheduler) throws InterruptedException {
			scheduler.scheduler().sleep(Duration.ofSeconds(1));
		}

	}

	@Test
	@DisplayName("U05 without Spring each test has a scheduler, and its thread calls, waits, sleeps and steps in virtual time")
	void runsWithoutSpring() {
		assertThat(LauncherRun.of(Passing.class).failures()).isEmpty();
		assertThat(DeterministicScheduler.current()).isEmpty();
	}

	@GreenroomTest
	@TestMethodOrder(MethodOrderer.MethodName.class)
	static class Failing {

		@Test
		void aThread(DeterministicScheduler scheduler) {
			scheduler.scheduler().spawn("left", () -> new GreenEvent().await());
		}

		@Test
		void bCall(DeterministicScheduler scheduler) throws Exception {
			Deferred<Desk> desk = Deferred.of(scheduler.scheduler(), new Desk());
			desk.oneway().stay();
			desk.oneway().note("never");
		}

		@Test
		void cItself(DeterministicScheduler scheduler) {
			aThread(scheduler);
			throw new IllegalStateException("as planned");
		}

		@Test
		void dNothing(DeterministicScheduler scheduler) {
			assertThat(Deferred.of(scheduler.scheduler(), new Desk()).sync().note("one")).isOne();
		}

	}

	@Test
	@DisplayName("U05 a test fails for calls and green threads that it leaves behind, and shows them; its own failure comes first")
	void failsForWhatIsLeft() {
		Map<String, Throwable> failures = LauncherRun.of(Failing.class).failures();
		assertThat(failures).containsOnlyKeys("aThread", "bCall", "cItself");
		assertThat(failures.get("aThread")).hasMessageContaining("The test has left behind:")
			.hasMessageContaining("Green thread 'left' is alive")
			.hasMessageContaining("GreenEvent.await");
		assertThat(failures.get("bCall")).hasMessageContaining("Handler 'Desk' is open")
			.hasMessageContaining("runs   stay on handler-Desk")
			.hasMessageContaining("queued oneway note(never)");
		assertThat(failures.get("cItself")).hasMessage("as planned");
		assertThat(failures.get("cItself").getSuppressed()).singleElement()
			.satisfies((left) -> assertThat(left).hasMessageContaining("Green thread 'left'"));
	}

	@GreenroomTest
	static class Stuck {

		@Test
		void wait(DeterministicScheduler scheduler) throws Exception {
			assertThatExceptionOfType(WorkerStuckException.class)
				.isThrownBy(() -> scheduler.scheduler().await(new CompletableFuture<>()))
				.withMessageContaining(Thread.currentThread().getName());
		}

		@Test
		void call(DeterministicScheduler scheduler) throws Exception {
			Deferred<Desk> desk = Deferred.of(scheduler.scheduler(), new Desk());
			assertThatExceptionOfType(DeferredTimeoutException.class).isThrownBy(() -> desk.sync().stay())
				.withMessageContaining("stay");
			desk.close();
		}

		@Test
		void circle(DeterministicScheduler scheduler) throws Exception {
			Deferred<Desk> desk = Deferred.of(scheduler.scheduler(), new Desk());
			GreenThread<?> waiting = scheduler.scheduler().spawn("waiting", () -> new GreenEvent().await());
			assertThatExceptionOfType(WorkerStuckException.class).isThrownBy(waiting::join)
				.withMessageContaining("'waiting' waits for");
			waiting.kill();
			desk.close();
		}

	}

	@Test
	@DisplayName("U04 U05 a test that waits for what nothing can end fails at once, with who waits for whom")
	void failsIfStuck() {
		long start = System.nanoTime();
		assertThat(LauncherRun.of(Stuck.class).failures()).isEmpty();
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
	}

	@GreenroomTest
	static class Constructed {

		Constructed(DeterministicScheduler scheduler) {
		}

		@Test
		void never() {
		}

	}

	@Test
	@DisplayName("U05 a constructor that asks for the scheduler is told that it comes with the test")
	void rejectsTheConstructor() {
		assertThat(LauncherRun.of(Constructed.class).failures().values()).singleElement()
			.satisfies((failure) -> assertThat(failure)
				.hasMessageContaining("only test methods, @BeforeEach and @AfterEach methods can take it"));
	}

}
