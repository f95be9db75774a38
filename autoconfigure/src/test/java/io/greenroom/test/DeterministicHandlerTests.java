package io.greenroom.test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.DeferredDeadlockException;
import io.greenroom.deferred.DeferredTimeoutException;
import io.greenroom.deferred.Execution;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.MailboxFullException;
import io.greenroom.deferred.Processing;
import io.greenroom.deferred.ProcessingLoop;
import io.greenroom.deferred.ReadOnly;
import io.greenroom.deferred.Urgent;
import io.greenroom.green.DrainReport;
import io.greenroom.green.GreenEvent;
import io.greenroom.green.GreenThread;
import io.greenroom.green.Parking;
import io.greenroom.green.worker.Worker;
import io.greenroom.green.worker.WorkerStuckException;
import io.greenroom.test.Orders.Order;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Handlers on the deterministic scheduler, in every order and both modes. */
@Timeout(60)
class DeterministicHandlerTests {

	private static final HandlerOptions DEFAULTS = HandlerOptions.defaults();

	@DisplayName("U01 sync, oneway and async calls are answered, one body at a time, and no time passes")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void callsOfEveryMode(Order order) {
		try (DeterministicScheduler test = order.open()) {
			Counter counter = new Counter();
			Deferred<Counter> deferred = Deferred.of(test.scheduler(), counter);
			test.run(() -> {
				List<GreenThread<?>> callers = new ArrayList<>();
				for (int i = 0; i < 4; i++) {
					callers.add(test.scheduler().spawn(() -> {
						for (int call = 0; call < 5; call++) {
							deferred.sync().add();
							deferred.oneway().add();
							assertThat(deferred.<Integer>async(Counter::add).get()).isPositive();
							assertThat(deferred.<Integer>async(Counter::add).thenApply((sum) -> -sum).join())
								.isNegative();
						}
					}));
				}
				test.scheduler().joinAll(callers);
			});
			assertThat(counter.sum).isEqualTo(4 * 5 * 4);
			assertThat(test.clock().instant()).isBefore(Instant.EPOCH.plusMillis(1));
		}
	}

	@DisplayName("U01 a handler that somebody outside calls at the end of a run is not taken for stuck")
	@ParameterizedTest
	@EnumSource
	void callsFromOutside(Worker.Mode mode) {
		int calls = 100_000;
		try (Worker worker = Worker.builder().mode(mode).build()) {
			Counter counter = new Counter();
			Deferred<Counter> deferred = Deferred.of(worker.scheduler(), counter);
			Thread outside = Thread.ofPlatform().start(() -> {
				for (int call = 0; call < calls; call++) {
					deferred.oneway().add();
					for (int spin = ThreadLocalRandom.current().nextInt(500); spin > 0; spin--) {
						Thread.onSpinWait();
					}
				}
			});
			while (outside.isAlive()) {
				worker.finish();
			}
			worker.finish();
			assertThat(counter.sum).isEqualTo(calls);
		}
	}

	@DisplayName("U01 D05 a call has its time although somebody outside is just calling the same handler")
	@ParameterizedTest
	@EnumSource
	void besideCallsFromOutside(Worker.Mode mode) throws Exception {
		int calls = (mode == Worker.Mode.BATON) ? 300 : 50_000;
		try (Worker worker = Worker.builder().mode(mode).build()) {
			Counter counter = new Counter();
			Deferred<Counter> deferred = Deferred.of(worker.scheduler(), counter);
			AtomicBoolean over = new AtomicBoolean();
			List<Thread> outside = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				outside.add(Thread.ofPlatform().start(() -> {
					while (!over.get()) {
						deferred.oneway().add();
						for (int spin = ThreadLocalRandom.current().nextInt(3000); spin > 0; spin--) {
							Thread.onSpinWait();
						}
					}
				}));
			}
			try {
				for (int call = 0; call < calls; call++) {
					worker.wrap(() -> {
						deferred.sync().add();
						return null;
					});
				}
			}
			finally {
				over.set(true);
				for (Thread thread : outside) {
					thread.join();
				}
			}
			worker.finish();
			assertThat(counter.sum).isGreaterThanOrEqualTo(calls);
		}
	}

	@DisplayName("U01 D05 D10 a call's timeout ends it in virtual time, queued or running")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void timeoutsOfCalls(Order order) {
		try (DeterministicScheduler test = order.open()) {
			GreenEvent never = new GreenEvent();
			Deferred<Counter> deferred = Deferred.of(test.scheduler(), new Counter());
			List<String> seen = new ArrayList<>();
			test.run(() -> {
				GreenThread<?> first = test.scheduler().spawn(() -> {
					try {
						deferred.sync(Duration.ofHours(1)).await(never);
					}
					catch (DeferredTimeoutException late) {
						seen.add("running at " + test.clock().instant().getEpochSecond());
					}
				});
				Parking.sleep(Duration.ofSeconds(10));
				try {
					deferred.sync(Duration.ofMinutes(1)).add();
				}
				catch (DeferredTimeoutException late) {
					assertThat(late).hasMessageContaining("within PT1M").hasMessageContaining("after PT1M");
					seen.add("queued at " + test.clock().instant().getEpochSecond());
				}
				first.join();
			});
			test.advance(Duration.ofSeconds(59));
			assertThat(seen).isEmpty();
			test.advance(Duration.ofSeconds(1));
			assertThat(seen).containsExactly("queued at 70");
			never.set();
			test.settle();
			assertThat(seen).containsExactly("queued at 70");
			test.finish();
		}
	}

	@DisplayName("U01 D26 a call inside a timed call has what time is left, in virtual time")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void deadlines(Order order) {
		try (DeterministicScheduler test = order.open()) {
			Deferred<Counter> inner = Deferred.of(test.scheduler(), new Counter());
			GreenEvent end = new GreenEvent();
			Deferred<Outer> outer = Deferred.of(test.scheduler(), new Outer(inner, end));
			test.run(() -> {
				assertThatExceptionOfType(DeferredTimeoutException.class)
					.isThrownBy(() -> outer.sync(Duration.ofMinutes(10)).sleepThenCall(Duration.ofMinutes(8)));
				assertThat(test.clock().instant()).isEqualTo(Instant.EPOCH.plus(Duration.ofMinutes(10)));
			});
			assertThat(test.clock().instant()).isEqualTo(Instant.EPOCH.plus(Duration.ofMinutes(8)));
			test.advance(Duration.ofMinutes(2));
			end.set();
			test.finish();
			assertThat(test.clock().instant()).isEqualTo(Instant.EPOCH.plus(Duration.ofMinutes(10)));
		}
	}

	@DisplayName("U01 a future is waited for in virtual time too")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void futures(Order order) {
		try (DeterministicScheduler test = order.open()) {
			GreenEvent later = new GreenEvent();
			Deferred<Counter> deferred = Deferred.of(test.scheduler(), new Counter());
			test.run(() -> {
				CompletableFuture<String> future = deferred.async((counter) -> {
					counter.await(later);
					return "done";
				});
				assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> future.get(3, TimeUnit.HOURS));
				later.set();
				assertThat(future.get(3, TimeUnit.HOURS)).isEqualTo("done");
				GreenThread<String> thread = test.scheduler().spawn(() -> {
					Parking.pause();
					return "value";
				});
				assertThat(thread.toFuture().get()).isEqualTo("value");
			});
			test.advance(Duration.ofHours(3));
			assertThat(test.clock().instant()).isBetween(Instant.EPOCH.plus(Duration.ofHours(3)),
					Instant.EPOCH.plus(Duration.ofHours(3)).plusMillis(1));
		}
	}

	@DisplayName("U01 D25 callers that wait for room get each place as it comes, and no time passes for it")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void fullMailboxes(Order order) {
		try (DeterministicScheduler test = order.open()) {
			Counter counter = new Counter();
			Deferred<Counter> deferred = Deferred.of(test.scheduler(), counter,
					DEFAULTS.toBuilder().capacity(10).build());
			GreenEvent first = new GreenEvent();
			GreenEvent second = new GreenEvent();
			test.run(() -> {
				deferred.oneway().await(first);
				deferred.oneway().await(second);
				List<GreenThread<?>> callers = new ArrayList<>();
				for (int i = 0; i < 12; i++) {
					callers.add(test.scheduler().spawn(() -> deferred.oneway().add()));
				}
				while (callers.stream().filter((caller) -> !caller.isDone()).count() > 3) {
					Parking.pause();
				}
				for (int i = 0; i < 100; i++) {
					Parking.pause();
				}
				assertThat(callers).as("waits for a place").anyMatch((caller) -> !caller.isDone());
				long before = callers.stream().filter(GreenThread::isDone).count();
				first.set();
				for (int i = 0; i < 100; i++) {
					Parking.pause();
				}
				assertThat(callers.stream().filter(GreenThread::isDone).count()).as("one place is free, of ten")
					.isEqualTo(before + 1);
				second.set();
				test.scheduler().joinAll(callers);
			});
			assertThat(counter.sum).isEqualTo(12);
			assertThat(test.clock().instant()).isBefore(Instant.EPOCH.plusMillis(2));
		}
	}

	@DisplayName("U01 D25 a wait for room ends with its time, which passes when the test wants it")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void waitsForRoomEnd(Order order) {
		try (DeterministicScheduler test = order.open()) {
			Deferred<Counter> deferred = Deferred.of(test.scheduler(), new Counter(),
					DEFAULTS.toBuilder().capacity(1).timeout(Duration.ofSeconds(5)).build());
			GreenEvent leave = new GreenEvent();
			test.run(() -> {
				deferred.oneway().await(leave);
				deferred.oneway().add();
				assertThatExceptionOfType(MailboxFullException.class).isThrownBy(() -> {
					for (int i = 0; i < 3; i++) {
						deferred.oneway().add();
					}
				});
				assertThat(test.clock().instant()).isEqualTo(Instant.EPOCH.plusSeconds(5));
				leave.set();
			});
			assertThat(test.clock().instant()).isEqualTo(Instant.EPOCH);
			test.advance(Duration.ofSeconds(5));
		}
	}

	@DisplayName("U01 D38 read-only bodies overlap in virtual time, and none is beside a writing one")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void readers(Order order) {
		try (DeterministicScheduler test = order.open()) {
			Ledger ledger = new Ledger();
			Deferred<Ledger> deferred = Deferred.of(test.scheduler(), ledger);
			test.run(() -> {
				List<GreenThread<?>> callers = new ArrayList<>();
				for (int i = 0; i < 6; i++) {
					boolean writes = (i % 3 == 0);
					callers.add(test.scheduler().spawn(() -> {
						if (writes) {
							deferred.sync(Duration.ofDays(1)).write();
						}
						else {
							deferred.sync(Duration.ofDays(1)).read();
						}
					}));
				}
				test.scheduler().joinAll(callers);
			});
			assertThat(ledger.torn).isFalse();
			assertThat(ledger.sum).isEqualTo(2);
			assertThat(ledger.most).as("read at once").isPositive();
			assertThat(Duration.between(Instant.EPOCH, test.clock().instant())).isBetween(Duration.ofHours(1),
					Duration.ofHours(6));
		}
	}

	@DisplayName("U01 D38 ten reads of an hour take an hour")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void readsTakeTheTimeOfOne(Order order) {
		try (DeterministicScheduler test = order.open()) {
			Deferred<Ledger> deferred = Deferred.of(test.scheduler(), new Ledger());
			test.run(() -> {
				List<GreenThread<?>> callers = new ArrayList<>();
				for (int i = 0; i < 10; i++) {
					callers.add(test.scheduler().spawn(() -> deferred.sync(Duration.ofDays(1)).read()));
				}
				test.scheduler().joinAll(callers);
			});
			assertThat(Duration.between(Instant.EPOCH, test.clock().instant())).isBetween(Duration.ofHours(1),
					Duration.ofHours(1).plusMillis(1));
		}
	}

	@DisplayName("U01 D36 D23 a loop of one's own lets calls in in virtual time, and does not keep a run going")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void ownLoops(Order order) {
		try (DeterministicScheduler test = order.open()) {
			Looped looped = new Looped();
			Deferred<Looped> deferred = Deferred.of(test.scheduler(), looped);
			test.run(() -> {
				assertThat(deferred.sync(Duration.ofHours(3)).add()).isEqualTo(1);
				assertThat(test.clock().instant()).isEqualTo(Instant.EPOCH.plus(Duration.ofHours(1)));
				assertThat(deferred.sync(Duration.ofHours(3)).add()).isEqualTo(2);
				deferred.oneway().add();
			});
			test.advance(Duration.ofHours(3));
			assertThat(looped.sum).isEqualTo(3);
		}
	}

	@DisplayName("U01 D34 D40 urgent calls overtake where a body processes them by hand")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void urgentCalls(Order order) {
		try (DeterministicScheduler test = order.open()) {
			Desk desk = new Desk();
			Deferred<Desk> deferred = Deferred.of(test.scheduler(), desk,
					DEFAULTS.toBuilder().processing(Processing.MANUAL).build());
			test.run(() -> {
				deferred.oneway().ordinary(1);
				deferred.oneway().ordinary(2);
				deferred.oneway().urgent(3);
				test.scheduler().spawn(() -> deferred.calls().process(Duration.ofMinutes(1)));
				assertThat(deferred.sync().ordinary(4)).isEqualTo(4);
			});
			assertThat(desk.seen).containsExactly(3, 1, 2, 4);
			test.finish();
			assertThat(test.clock().instant()).as("a wait for calls is no reason to go on").isEqualTo(Instant.EPOCH);
			test.advance(Duration.ofMinutes(1));
			assertThat(test.scheduler().dump(0).alive()).isZero();
		}
	}

	@DisplayName("U01 D35 callers run their own calls where the handler is idle, and nobody overtakes")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void callersRunTheirOwn(Order order) {
		try (DeterministicScheduler test = order.open()) {
			Counter counter = new Counter();
			Deferred<Counter> deferred = Deferred.of(test.scheduler(), counter,
					DEFAULTS.toBuilder().execution(Execution.CALLER_WHEN_IDLE).build());
			test.run(() -> {
				deferred.sync().add();
				List<GreenThread<?>> callers = new ArrayList<>();
				for (int i = 0; i < 4; i++) {
					callers.add(test.scheduler().spawn(() -> {
						for (int call = 0; call < 5; call++) {
							deferred.sync().add();
							deferred.oneway().add();
							Parking.pause();
						}
					}));
				}
				test.scheduler().joinAll(callers);
				deferred.sync().add();
			});
			assertThat(counter.sum).isEqualTo(2 + 4 * 5 * 2);
			assertThat(counter.threads).as("bodies on their callers' own threads").hasSizeGreaterThan(1);
		}
	}

	@DisplayName("U01 D19 a deadlock of two handlers is found in virtual time")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void deadlocks(Order order) {
		try (DeterministicScheduler test = order.open()) {
			Partner one = new Partner();
			Partner two = new Partner();
			Deferred<Partner> first = Deferred.of(test.scheduler(), one, DEFAULTS.toBuilder().name("first").build());
			Deferred<Partner> second = Deferred.of(test.scheduler(), two, DEFAULTS.toBuilder().name("second").build());
			one.other = second.sync();
			two.other = first.sync();
			List<Throwable> failures = new ArrayList<>();
			test.run(() -> {
				GreenThread<?> there = test.scheduler().spawn(() -> first.sync().callOther());
				GreenThread<?> back = test.scheduler().spawn(() -> second.sync().callOther());
				for (GreenThread<?> caller : List.of(there, back)) {
					caller.join();
					if (caller.exception() != null) {
						failures.add(caller.exception());
					}
				}
			});
			assertThat(failures).hasSizeLessThanOrEqualTo(2)
				.allSatisfy((failure) -> assertThat(failure).isInstanceOf(DeferredDeadlockException.class)
					.hasMessageContaining("first.callOther waits for second"));
		}
	}

	@DisplayName("U01 D31 a drain runs what was accepted, on the test's thread and in virtual time")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void drains(Order order) throws Exception {
		try (DeterministicScheduler test = order.open()) {
			Counter counter = new Counter();
			Deferred<Counter> deferred = Deferred.of(test.scheduler(), counter);
			Deferred<Counter> closed = Deferred.of(test.scheduler(), new Counter());
			GreenEvent never = new GreenEvent();
			closed.oneway().add();
			closed.oneway().sleep(Duration.ofMinutes(1));
			closed.close();
			for (int i = 0; i < 5; i++) {
				deferred.oneway().sleep(Duration.ofHours(1));
			}
			deferred.oneway().await(never);
			deferred.oneway().add();
			DrainReport report = test.scheduler().drain(Duration.ofHours(6));
			assertThat(counter.sum).isZero();
			assertThat(report.work().ran()).isGreaterThanOrEqualTo(5);
			assertThat(report.work().left()).hasSize(2);
			assertThat(Duration.between(Instant.EPOCH, test.clock().instant())).isBetween(Duration.ofHours(5),
					Duration.ofHours(7));
		}
	}

	@DisplayName("U02 no timeout fires before the time passes, and each fires when it has passed, whatever makes it pass")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void timeoutsWaitForTheTime(Order order) {
		try (DeterministicScheduler test = order.open()) {
			GreenEvent never = new GreenEvent();
			Deferred<Counter> deferred = Deferred.of(test.scheduler(), new Counter());
			List<String> seen = new ArrayList<>();
			test.run(() -> {
				try {
					deferred.sync(Duration.ofMinutes(1)).await(never);
				}
				catch (DeferredTimeoutException late) {
					seen.add("timed out");
				}
				never.set();
			});
			assertThat(seen).isEmpty();
			assertThat(test.clock().instant()).isEqualTo(Instant.EPOCH);
			test.run(() -> test.scheduler().sleep(Duration.ofHours(1)));
			assertThat(seen).containsExactly("timed out");
			assertThat(test.clock().instant()).isEqualTo(Instant.EPOCH.plus(Duration.ofHours(1)));
		}
	}

	@DisplayName("U04 a body that waits for ever fails the run, which says who waits for whom")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void stuckBodies(Order order) {
		GreenEvent never = new GreenEvent();
		try (DeterministicScheduler test = order.open()) {
			Deferred<Counter> deferred = Deferred.of(test.scheduler(), new Counter(),
					DEFAULTS.toBuilder().timeout(Duration.ofSeconds(Long.MAX_VALUE)).build());
			long start = System.nanoTime();
			assertThatExceptionOfType(WorkerStuckException.class)
				.isThrownBy(() -> test.run(() -> deferred.sync().await(never)))
				.withMessageContaining(
						"'test' waits for handler Counter, which 'handler-Counter' holds in Counter.await")
				.withMessageContaining("'handler-Counter' waits for GreenEvent[not set]");
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
		}
	}

	@DisplayName("U04 a body that processes calls which nobody makes fails the run")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void stuckProcessing(Order order) {
		try (DeterministicScheduler test = order.open()) {
			Deferred<Counter> deferred = Deferred.of(test.scheduler(), new Counter(),
					DEFAULTS.toBuilder().processing(Processing.MANUAL).build());
			assertThatExceptionOfType(WorkerStuckException.class)
				.isThrownBy(() -> test.run(() -> deferred.calls().processForever()))
				.withMessageContaining("'test' waits for a call that it may run");
		}
	}

	@DisplayName("U04 a test that has not ended is told when it is closed, and what it waits for")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void unendedTests(Order order) {
		DeterministicScheduler test = order.open();
		Deferred<Counter> deferred = Deferred.of(test.scheduler(), new Counter());
		test.run(() -> deferred.sync().await(new GreenEvent()));
		assertThatIllegalStateException().isThrownBy(test::close)
			.withMessageContaining("has not ended")
			.withMessageContaining("'test' waits for handler Counter")
			.withMessageContaining("finish()");
		test.close();
	}

	@DisplayName("U04 U01 what waits on the thread that steps is told so at once, and leaves nothing behind")
	@ParameterizedTest
	@MethodSource("io.greenroom.test.Orders#all")
	void waitsOnTheSteppingThread(Order order) {
		try (DeterministicScheduler test = order.open()) {
			Counter counter = new Counter();
			Deferred<Counter> deferred = Deferred.of(test.scheduler(), counter,
					DEFAULTS.toBuilder().capacity(1).build());
			assertThatIllegalStateException().isThrownBy(() -> deferred.sync().add())
				.withMessageContaining("wait for the answer of 'Counter.add'")
				.withMessageContaining("steps worker 'test'")
				.withMessageContaining("run(...)");
			CompletableFuture<Integer> sum = deferred.async(Counter::add);
			assertThatIllegalStateException().isThrownBy(sum::join).withMessageContaining("Counter");
			assertThatIllegalStateException().isThrownBy(() -> deferred.oneway().add())
				.withMessageContaining("wait for room for 'Counter.add'");
			test.settle();
			assertThat(sum.join()).isEqualTo(1);
			assertThat(counter.sum).isEqualTo(1);
		}
	}

	@Test
	@DisplayName("U01 C12 handlers give the same trace for a seed, 50 of 50 times, and in both modes")
	void theSameTrace() {
		for (long seed = 0; seed < 5; seed++) {
			List<String> first = trace(Worker.Mode.BATON, seed);
			assertThat(first).hasSizeGreaterThan(50);
			for (int run = 0; run < 10; run++) {
				assertThat(trace(Worker.Mode.BATON, seed)).isEqualTo(first);
				assertThat(trace(Worker.Mode.ONE_CARRIER, seed)).isEqualTo(first);
			}
		}
		assertThat(trace(Worker.Mode.BATON, 5)).isNotEqualTo(trace(Worker.Mode.BATON, 6));
	}

	private static List<String> trace(Worker.Mode mode, long seed) {
		List<String> seen = new ArrayList<>();
		try (DeterministicScheduler test = DeterministicScheduler.of(Worker.builder().mode(mode).seed(seed))) {
			Counter counter = new Counter();
			Deferred<Counter> deferred = Deferred.of(test.scheduler(), counter,
					DEFAULTS.toBuilder().capacity(2).build());
			Deferred<Ledger> ledger = Deferred.of(test.scheduler(), new Ledger());
			test.run(() -> {
				for (int i = 0; i < 5; i++) {
					String name = "caller" + i;
					test.scheduler().spawn(name, () -> {
						deferred.oneway().add();
						seen.add(name + " " + deferred.sync().add());
						ledger.sync().read();
						seen.add(name + " " + deferred.<Integer>async(Counter::add).get());
						ledger.oneway().write();
					});
				}
			});
			seen.addAll(test.trace());
			return seen;
		}
	}

	static class Counter {

		int sum;

		final List<Thread> threads = new ArrayList<>();

		int add() {
			if (!this.threads.contains(Thread.currentThread())) {
				this.threads.add(Thread.currentThread());
			}
			int read = this.sum;
			Parking.pause();
			this.sum = read + 1;
			return this.sum;
		}

		void await(GreenEvent event) {
			try {
				event.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		void sleep(Duration length) throws InterruptedException {
			Parking.sleep(length);
		}

	}

	static class Outer {

		private final Deferred<Counter> inner;

		private final GreenEvent end;

		Outer(Deferred<Counter> inner, GreenEvent end) {
			this.inner = inner;
			this.end = end;
		}

		void sleepThenCall(Duration length) throws InterruptedException {
			Parking.sleep(length);
			this.inner.sync(Duration.ofHours(1)).await(this.end);
		}

	}

	static class Ledger {

		int sum;

		int inside;

		int most;

		boolean torn;

		@ReadOnly
		int read() throws InterruptedException {
			this.most = Math.max(this.most, ++this.inside);
			int before = this.sum;
			Parking.sleep(Duration.ofHours(1));
			this.torn |= before != this.sum;
			this.inside--;
			return before;
		}

		void write() {
			this.torn |= this.inside > 0;
			int before = this.sum;
			Parking.pause();
			this.sum = before + 1;
		}

	}

	static class Looped {

		int sum;

		@ProcessingLoop
		void loop(DeferredCalls calls) throws InterruptedException {
			Parking.sleep(Duration.ofHours(1));
			calls.process();
			calls.process(Duration.ofHours(1));
			calls.processForever();
		}

		int add() {
			return ++this.sum;
		}

	}

	static class Desk {

		final List<Integer> seen = new ArrayList<>();

		int ordinary(int number) {
			this.seen.add(number);
			return number;
		}

		@Urgent
		void urgent(int number) {
			this.seen.add(number);
		}

	}

	static class Partner {

		@Nullable Partner other;

		void callOther() {
			Parking.pause();
			if (this.other != null) {
				this.other.callNobody();
			}
		}

		void callNobody() {
			Parking.pause();
		}

	}

}
