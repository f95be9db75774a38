package io.greenroom.green;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Race;
import io.greenroom.testkit.Rounds;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@Timeout(60)
@CloseSchedulers
class GreenWaitTests {

	private static final Duration LONG = Duration.ofSeconds(10);

	private final CountingObserver observer = new CountingObserver();

	private final GreenScheduler scheduler = GreenScheduler.builder().name("stage").observer(this.observer).build();

	@Test
	@DisplayName("W01 any n of a mix of green threads, futures and events come in the order of their readiness")
	void anyOfAMix() throws InterruptedException {
		Gate gate = new Gate(this.scheduler);
		CompletableFuture<String> future = new CompletableFuture<>();
		StageAwaitable<CompletableFuture<String>> view = Awaitable.of(future);
		GreenEvent event = new GreenEvent();
		List<Awaitable> all = List.of(gate.thread, view, event);
		try (GreenWait<Awaitable> wait = GreenWait.on(all)) {
			assertThat(wait.tryTake(Duration.ZERO)).isNull();
			event.set();
			assertThat(wait.take()).isSameAs(event);
			gate.open();
			assertThat(wait.take()).isSameAs(gate.thread);
			future.completeExceptionally(new IllegalStateException("also ready"));
			assertThat(wait.tryTake(5, LONG)).containsExactly(view);
			assertThat(wait.remaining()).isZero();
			assertThat(wait.tryTake(LONG)).isNull();
			assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(wait::take);
		}
		assertThat(view.stage()).isSameAs(future);
	}

	@Test
	@DisplayName("W01 a wait with a limit returns exactly those that were ready so far")
	void exactlyThoseSoFar() throws InterruptedException {
		FakeEvent first = new FakeEvent();
		FakeEvent second = new FakeEvent();
		FakeEvent third = new FakeEvent();
		third.set();
		first.set();
		List<FakeEvent> all = List.of(first, second, third);
		assertThat(GreenWait.any(all, 3, Duration.ofMillis(20))).containsExactly(first, third);
		assertThat(GreenWait.any(all, 1, Duration.ZERO)).containsExactly(first);
		assertThat(GreenWait.any(all, 0, LONG)).isEmpty();
		assertThat(GreenWait.any(List.of(), 3, LONG)).isEmpty();
		assertThatIllegalArgumentException().isThrownBy(() -> GreenWait.any(all, -1, LONG)).withMessageContaining("-1");
		assertThatIllegalArgumentException().isThrownBy(() -> GreenWait.any(all, 1, Duration.ofMillis(-1)));
	}

	@Test
	@DisplayName("W03 a wait that stops early leaves nothing behind: not in an event, a future or a green thread")
	void stoppingEarlyLeavesNothing() throws InterruptedException {
		Gate gate = new Gate(this.scheduler);
		CompletableFuture<String> future = new CompletableFuture<>();
		FakeEvent event = new FakeEvent();
		WeakReference<GreenWait<Awaitable>> wait = stoppedWait(List.of(gate.thread, Awaitable.of(future), event));
		assertThat(event.callbacks).isEmpty();
		assertThat(future.getNumberOfDependents()).isZero();
		for (int i = 0; i < 200 && wait.get() != null; i++) {
			System.gc();
		}
		assertThat(wait.get()).isNull();
		// Nobody is linked any more, so that a failure is reported.
		IllegalStateException failure = new IllegalStateException("unobserved");
		gate.fail(failure);
		assertThat(this.observer.awaitFailure()).isSameAs(failure);
	}

	private static WeakReference<GreenWait<Awaitable>> stoppedWait(List<Awaitable> all) throws InterruptedException {
		try (GreenWait<Awaitable> wait = GreenWait.on(all)) {
			assertThat(wait.tryTake(3, Duration.ofMillis(10))).isEmpty();
			return new WeakReference<>(wait);
		}
	}

	@Test
	@DisplayName("W03 an interrupted wait leaves nothing behind either")
	void interruptedWaitLeavesNothing() {
		FakeEvent event = new FakeEvent();
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> GreenWait.any(List.of(event), 1, LONG));
		assertThat(event.callbacks).isEmpty();
		assertThat(Thread.interrupted()).isFalse();
	}

	@Test
	@DisplayName("W04 nothing is lost while the consumer is elsewhere, with one consumer and with two")
	void nothingIsLost() throws Exception {
		for (int consumers = 1; consumers <= 2; consumers++) {
			int readers = consumers;
			Race.run(Rounds.of(5000), (number) -> {
				List<FakeEvent> events = List.of(new FakeEvent(), new FakeEvent(), new FakeEvent(), new FakeEvent());
				GreenWait<FakeEvent> wait = GreenWait.on(events);
				List<FakeEvent> taken = new ArrayList<>();
				Race.Actor reader = () -> {
					for (FakeEvent next = wait.tryTake(LONG); next != null; next = wait.tryTake(LONG)) {
						synchronized (taken) {
							taken.add(next);
						}
						Thread.yield();
					}
				};
				List<Race.Actor> actors = new ArrayList<>();
				for (int i = 0; i < readers; i++) {
					actors.add(reader);
				}
				actors.add(() -> {
					events.get(0).set();
					events.get(1).set();
				});
				actors.add(() -> {
					events.get(2).set();
					events.get(3).set();
				});
				return new Race.Round(actors,
						() -> assertThat(taken).hasSize(4).containsExactlyInAnyOrderElementsOf(events));
			});
		}
	}

	@Test
	@DisplayName("G10 joinAll raises the first failure in time; the others are left")
	void raisesTheFirstFailure() throws InterruptedException {
		Gate slow = new Gate(this.scheduler);
		Gate failing = new Gate(this.scheduler);
		Gate failingLater = new Gate(this.scheduler);
		IllegalStateException first = new IllegalStateException("first in time");
		GreenThread<Void> joiner = this.scheduler.spawn(() -> {
			assertThatIllegalStateException()
				.isThrownBy(() -> this.scheduler.joinAll(List.of(slow.thread, failingLater.thread, failing.thread),
						Join.all().raising()))
				.satisfies((raised) -> assertThat(raised).isSameAs(first));
		});
		Until.parkedIn(GreenWait.class, joiner.carrier());
		failing.failAfter(failingLater, first);
		joiner.get();
		assertThat(slow.thread.state()).isIn(GreenThread.State.STARTED, GreenThread.State.RUNNING);
		slow.open();
		failingLater.thread.join();
	}

	@Test
	@DisplayName("G10 joinAll kills the others and waits for their clean-up before it raises, where asked to")
	void killsTheOthers() throws InterruptedException {
		AtomicInteger cleanedUp = new AtomicInteger();
		Thread joining = Thread.currentThread();
		CountDownLatch running = new CountDownLatch(2);
		List<GreenThread<?>> all = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			all.add(this.scheduler.spawn(() -> {
				try {
					running.countDown();
					new CountDownLatch(1).await();
				}
				finally {
					Until.waiting(joining);
					cleanedUp.incrementAndGet();
				}
			}));
		}
		IllegalStateException failure = new IllegalStateException("curtain");
		GreenThread<Void> failing = this.scheduler.unstarted(() -> {
			running.await();
			throw failure;
		});
		all.add(failing);
		failing.link((ended) -> {
		});
		failing.start();
		assertThatIllegalStateException().isThrownBy(() -> this.scheduler.joinAll(all, Join.all().killingOthers()))
			.satisfies((raised) -> assertThat(raised).isSameAs(failure));
		assertThat(cleanedUp).hasValue(2);
		assertThat(all).allMatch(GreenThread::isDone);
	}

	@Test
	@DisplayName("G10 without raising failures are outcomes like others; a limit returns those that ended")
	void failuresAreOutcomes() throws InterruptedException {
		Gate slow = new Gate(this.scheduler);
		GreenThread<Object> failing = this.scheduler.unstarted(() -> {
			throw new IllegalStateException("ignored");
		});
		failing.kill();
		assertThat(this.scheduler.joinAll(List.of(slow.thread, failing), Join.all().within(Duration.ofMillis(10))))
			.hasSize(1)
			.first()
			.isSameAs(failing);
		slow.open();
		this.scheduler.joinAll(List.of(slow.thread, failing));
	}

	@Test
	@DisplayName("G11 joinAll with a count returns after that many; the others live")
	void count() throws InterruptedException {
		Gate first = new Gate(this.scheduler);
		Gate second = new Gate(this.scheduler);
		Gate third = new Gate(this.scheduler);
		second.open();
		assertThat(this.scheduler.joinAll(List.of(first.thread, second.thread, third.thread), Join.first(1)))
			.containsExactly(second.thread);
		assertThat(first.thread.isDone()).isFalse();
		assertThat(third.thread.isDone()).isFalse();
		first.open();
		third.open();
		assertThat(this.scheduler.joinAll(List.of(first.thread, third.thread), Join.first(7))).hasSize(2);
		assertThatIllegalArgumentException().isThrownBy(() -> Join.first(-1)).withMessageContaining("-1");
		assertThatIllegalArgumentException().isThrownBy(() -> Join.all().within(Duration.ofMillis(-1)));
	}

	@Test
	@DisplayName("G12 the same thread twice in a list is waited for once")
	void sameTwice() throws InterruptedException {
		Gate gate = new Gate(this.scheduler);
		List<GreenThread<Void>> twice = List.of(gate.thread, gate.thread);
		gate.open();
		this.scheduler.joinAll(twice);
		assertThat(this.scheduler.joinAll(twice, Join.first(2))).containsExactly(gate.thread);
		assertThat(this.scheduler.killAll(twice, LONG)).isEmpty();
	}

	@Test
	void joiningOrKillingOneselfAmongOthersIsRejected() throws InterruptedException {
		Gate other = new Gate(this.scheduler);
		AtomicReference<GreenThread<?>> self = new AtomicReference<>();
		GreenThread<Void> thread = this.scheduler.unstarted("narcissus", () -> {
			List<GreenThread<?>> both = List.of(other.thread, self.get());
			assertThatIllegalStateException().isThrownBy(() -> this.scheduler.joinAll(both))
				.withMessageContaining("narcissus");
			assertThatIllegalStateException().isThrownBy(() -> this.scheduler.killAll(both, LONG));
			assertThatIllegalStateException().isThrownBy(() -> self.get().kill(LONG));
			return null;
		});
		self.set(thread);
		thread.start();
		thread.get();
		assertThat(other.thread.isDone()).isFalse();
		other.open();
	}

	@Test
	@DisplayName("G08 killAll with a limit reports those that take longer to clean up, and they stay alive")
	void killAllReportsThoseThatStay() throws InterruptedException {
		CountDownLatch running = new CountDownLatch(2);
		CountDownLatch release = new CountDownLatch(1);
		GreenThread<Void> quick = this.scheduler.spawn("quick", () -> {
			running.countDown();
			new CountDownLatch(1).await();
		});
		GreenThread<Void> slow = this.scheduler.spawn("slow", () -> {
			try {
				running.countDown();
				new CountDownLatch(1).await();
			}
			finally {
				release.await();
			}
		});
		GreenThread<Void> unstarted = this.scheduler.unstarted("unstarted", () -> null);
		running.await();
		long start = System.nanoTime();
		List<GreenThread<Void>> left = this.scheduler.killAll(List.of(quick, slow, unstarted), Duration.ofMillis(50));
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(50));
		assertThat(left).containsExactly(slow);
		assertThat(slow.state()).isEqualTo(GreenThread.State.KILLED);
		assertThat(quick.state()).isEqualTo(GreenThread.State.FAILED);
		assertThat(unstarted.state()).isEqualTo(GreenThread.State.FAILED);
		release.countDown();
		assertThat(slow.join(LONG)).isTrue();
	}

	@Test
	@DisplayName("G07 a blocking kill of a body that swallows it returns at the limit, and the thread is seen as killed")
	void blockingKillOfAStubbornBody() throws InterruptedException {
		CountDownLatch running = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		GreenThread<Void> stubborn = this.scheduler.spawn("stubborn", () -> {
			running.countDown();
			while (release.getCount() > 0) {
				Thread.onSpinWait();
			}
		});
		running.await();
		assertThat(stubborn.kill(Duration.ofMillis(20))).isFalse();
		assertThat(stubborn.state()).isEqualTo(GreenThread.State.KILLED);
		assertThat(stubborn).hasToString("GreenThread[stubborn, killed]");
		release.countDown();
		assertThat(stubborn.join(LONG)).isTrue();
	}

	@Test
	@DisplayName("G04 a blocking kill waits for the clean-up; of a thread that has ended it does nothing")
	void blockingKill() throws InterruptedException {
		CountDownLatch running = new CountDownLatch(1);
		AtomicInteger cleanedUp = new AtomicInteger();
		GreenThread<Void> thread = this.scheduler.spawn(() -> {
			try {
				running.countDown();
				new CountDownLatch(1).await();
			}
			finally {
				cleanedUp.incrementAndGet();
			}
		});
		running.await();
		IllegalStateException cause = new IllegalStateException("curtain");
		thread.link((ended) -> {
		});
		assertThat(thread.kill(cause, LONG)).isTrue();
		assertThat(cleanedUp).hasValue(1);
		assertThat(thread.kill(LONG)).isTrue();
		assertThat(thread.exception()).isSameAs(cause);
		assertThatIllegalArgumentException().isThrownBy(() -> thread.kill(Duration.ofMillis(-1)));
	}

	@Test
	@DisplayName("E04 each green getter of a future, before and after its completion, gets that same object")
	void futuresHaveOneOutcome() throws InterruptedException {
		Object value = new Object();
		CompletableFuture<Object> completed = new CompletableFuture<>();
		CompletableFuture<Object> failed = new CompletableFuture<>();
		IllegalStateException failure = new IllegalStateException("curtain");
		List<GreenThread<Object>> getters = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			getters.add(this.scheduler.spawn(() -> completed.get()));
			getters.add(this.scheduler.spawn(() -> causeOf(failed)));
			if (i == 50) {
				completed.complete(value);
				failed.completeExceptionally(failure);
			}
		}
		Set<Object> seen = new HashSet<>();
		for (GreenThread<Object> getter : getters) {
			seen.add(getter.get());
		}
		assertThat(seen).containsExactlyInAnyOrder(value, failure);
	}

	private static Object causeOf(CompletableFuture<?> failed) throws InterruptedException {
		try {
			return failed.get();
		}
		catch (ExecutionException ex) {
			return ex.getCause();
		}
	}

	/** A green thread that waits for the test. */
	private static final class Gate {

		private final CompletableFuture<Boolean> gate = new CompletableFuture<>();

		private final GreenThread<Void> thread;

		Gate(GreenScheduler scheduler) {
			this.thread = scheduler.spawn(() -> {
				try {
					this.gate.get();
				}
				catch (ExecutionException ex) {
					throw (RuntimeException) ex.getCause();
				}
			});
		}

		void open() {
			this.gate.complete(true);
		}

		void fail(RuntimeException failure) {
			this.gate.completeExceptionally(failure);
		}

		/** Fails first, and lets the other one fail only then. */
		void failAfter(Gate next, RuntimeException failure) {
			this.thread.link((ended) -> next.fail(new IllegalStateException("later")));
			fail(failure);
		}

	}

	/** Something of the user's that becomes ready once. */
	private static final class FakeEvent implements Awaitable {

		private final List<Runnable> callbacks = new ArrayList<>();

		private boolean set;

		@Override
		public GreenThread.Link onReady(Runnable callback) {
			synchronized (this) {
				if (!this.set) {
					this.callbacks.add(callback);
					return () -> remove(callback);
				}
			}
			callback.run();
			return () -> {
			};
		}

		private synchronized void remove(Runnable callback) {
			this.callbacks.remove(callback);
		}

		void set() {
			List<Runnable> told;
			synchronized (this) {
				this.set = true;
				told = List.copyOf(this.callbacks);
				this.callbacks.clear();
			}
			told.forEach(Runnable::run);
		}

	}

}
