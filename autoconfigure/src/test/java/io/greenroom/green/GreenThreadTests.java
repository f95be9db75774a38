package io.greenroom.green;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import io.greenroom.testkit.Until;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class GreenThreadTests {

	private final CountingObserver observer = new CountingObserver();

	private final GreenScheduler scheduler = GreenScheduler.builder().name("stage").observer(this.observer).build();

	@AfterEach
	void drained() {
		DrainReport report = this.scheduler.drain(Duration.ofSeconds(10));
		assertThat(report.killed()).isEmpty();
		assertThat(this.observer.live()).isZero();
	}

	@Test
	@DisplayName("G01 flags before the start, while running and when done")
	void flagsFollowTheLife() throws InterruptedException {
		CountDownLatch running = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		GreenThread<String> thread = this.scheduler.unstarted("singer", () -> {
			running.countDown();
			release.await();
			return "song";
		});
		assertFlags(thread, false, false, false, null);
		thread.start();
		assertFlags(thread, true, false, false, null);
		running.await();
		assertFlags(thread, true, false, false, null);
		release.countDown();
		assertThat(thread.get()).isEqualTo("song");
		assertFlags(thread, true, true, true, "song");
		assertThat(thread.exception()).isNull();
		assertThat(thread.name()).isEqualTo("singer");
	}

	@Test
	@DisplayName("G02 a failing body reaches who waits as the same object, and nobody else")
	void failureReachesWhoWaits(CapturedOutput output) throws InterruptedException {
		CountDownLatch release = new CountDownLatch(1);
		Rejected rejected = new Rejected("stage door", 42);
		GreenThread<Void> thread = this.scheduler.spawn(() -> {
			release.await();
			throw rejected;
		});
		AtomicReference<@Nullable Throwable> seen = new AtomicReference<>();
		Thread waiting = Thread.ofVirtual().start(() -> {
			try {
				thread.get();
			}
			catch (Throwable failure) {
				seen.set(failure);
			}
		});
		awaitJoining(waiting);
		release.countDown();
		waiting.join();
		assertThat(seen.get()).isSameAs(rejected);
		assertFlags(thread, true, true, false, null);
		assertThat(thread.exception()).isSameAs(rejected);
		assertThat(rejected.row).isEqualTo(42);
		assertThat(output).doesNotContain(Rejected.class.getName());
		assertThat(this.observer.failures()).isEmpty();
	}

	@Test
	@DisplayName("G02 a failure that nobody waits for is reported once, with its throwable")
	void unobservedFailureIsReportedOnce(CapturedOutput output) throws InterruptedException {
		this.scheduler.spawn("clumsy", () -> {
			throw new Rejected("tripped", 1);
		});
		assertThat(this.observer.awaitFailure()).isInstanceOf(Rejected.class);
		assertThat(this.observer.failures()).hasSize(1);
		assertThat(output.getOut().split("Green thread 'clumsy' failed", -1)).hasSize(2);
		assertThat(output).contains("Rejected: tripped");
	}

	@Test
	@DisplayName("G02 a failure of a thread that was spawned for later is reported too")
	void unobservedFailureOfALateThreadIsReported() throws InterruptedException {
		this.scheduler.spawnLater(Duration.ofMillis(20), () -> {
			throw new Rejected("late and tripped", 1);
		});
		assertThat(this.observer.awaitFailure()).isInstanceOf(Rejected.class);
		assertThat(this.observer.failures()).hasSize(1);
	}

	@Test
	@DisplayName("G03 a second start, also after the end, runs nothing")
	void startsOnce() throws InterruptedException {
		AtomicInteger runs = new AtomicInteger();
		GreenThread<Integer> thread = this.scheduler.unstarted(runs::incrementAndGet);
		thread.start();
		thread.start();
		thread.join();
		thread.start();
		assertThat(thread.get()).isOne();
		assertThat(runs).hasValue(1);
		assertThat(this.observer.spawnedCount()).isOne();
	}

	@Test
	@DisplayName("G04 killed before its start a body never runs, and links fire once")
	void killBeforeStart() throws InterruptedException {
		AtomicInteger runs = new AtomicInteger();
		AtomicInteger links = new AtomicInteger();
		GreenThread<Integer> thread = this.scheduler.unstarted(runs::incrementAndGet);
		thread.link((ended) -> links.incrementAndGet());
		thread.kill();
		thread.kill();
		thread.start();
		thread.join();
		assertFlags(thread, false, true, false, null);
		assertThat(thread.exception()).isInstanceOf(GreenThreadKilledException.class);
		assertThat(runs).hasValue(0);
		assertThat(links).hasValue(1);
	}

	@Test
	@DisplayName("G04 killed while it waits for its time a body never runs, and nothing stays in the timer")
	void killWhileDelayed() throws InterruptedException {
		AtomicInteger runs = new AtomicInteger();
		AtomicInteger links = new AtomicInteger();
		GreenThread<Integer> thread = this.scheduler.spawnLater(Duration.ofHours(1), runs::incrementAndGet);
		thread.link((ended) -> links.incrementAndGet());
		assertThat(this.observer.live()).isOne();
		thread.kill();
		thread.kill();
		thread.join();
		assertThat(this.observer.live()).isZero();
		assertThat(runs).hasValue(0);
		assertThat(links).hasValue(1);
	}

	@Test
	@DisplayName("G04 killed while it runs a body goes no further, and its clean-up runs")
	void killWhileRunning() throws InterruptedException {
		CountDownLatch running = new CountDownLatch(1);
		List<String> steps = Collections.synchronizedList(new ArrayList<>());
		AtomicInteger links = new AtomicInteger();
		GreenThread<Void> thread = this.scheduler.spawn(() -> {
			try {
				running.countDown();
				new CountDownLatch(1).await();
				steps.add("further");
			}
			finally {
				steps.add("clean-up");
			}
		});
		thread.link((ended) -> links.addAndGet(Thread.currentThread().isInterrupted() ? 100 : 1));
		running.await();
		thread.kill();
		thread.kill();
		thread.join();
		assertThat(steps).containsExactly("clean-up");
		// Links are called by the thread itself, whose join may have returned already.
		Until.until("the link to be called", () -> links.get() != 0);
		assertThat(links).hasValue(1);
		assertThat(this.observer.failures()).isEmpty();
		assertThatExceptionOfType(GreenThreadKilledException.class).isThrownBy(thread::get)
			.withMessageContaining(thread.name());
	}

	@Test
	@DisplayName("G05 killed with an exception of the killer's it ends with that one")
	void killWithCause() throws InterruptedException {
		CountDownLatch running = new CountDownLatch(1);
		Rejected cause = new Rejected("curtain", 1);
		GreenThread<Void> thread = this.scheduler.spawn(() -> {
			running.countDown();
			new CountDownLatch(1).await();
		});
		running.await();
		thread.link((ended) -> {
		});
		thread.kill(cause);
		thread.kill(new Rejected("second", 2));
		thread.join();
		assertThat(thread.isSuccessful()).isFalse();
		assertThat(thread.exception()).isSameAs(cause);
	}

	@Test
	@DisplayName("G07 a body that swallows the kill is seen as alive at the limit, and can be killed again")
	void swallowedKill() throws InterruptedException {
		CountDownLatch running = new CountDownLatch(1);
		CountDownLatch swallowed = new CountDownLatch(1);
		GreenThread<Void> thread = this.scheduler.spawn("stubborn", () -> {
			try {
				running.countDown();
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				swallowed.countDown();
			}
			new CountDownLatch(1).await();
		});
		running.await();
		thread.kill();
		swallowed.await();
		long start = System.nanoTime();
		assertThat(thread.join(Duration.ofMillis(50))).isFalse();
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(50));
		assertThat(thread.isDone()).isFalse();
		assertThat(this.observer.live()).isOne();
		thread.kill();
		assertThat(thread.join(Duration.ofSeconds(10))).isTrue();
	}

	@Test
	@DisplayName("G09 get gives the same exception each time, and a timeout while it runs")
	void getIsRepeatable() throws InterruptedException {
		CountDownLatch release = new CountDownLatch(1);
		Rejected rejected = new Rejected("no", 1);
		GreenThread<Void> thread = this.scheduler.spawn("slow", () -> {
			release.await();
			throw rejected;
		});
		thread.link((ended) -> {
		});
		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> thread.get(Duration.ofMillis(10)))
			.withMessageContaining("slow");
		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> thread.get(Duration.ZERO));
		release.countDown();
		assertThatExceptionOfType(Rejected.class).isThrownBy(thread::get).satisfies(isSame(rejected));
		assertThatExceptionOfType(Rejected.class).isThrownBy(thread::get).satisfies(isSame(rejected));
		assertThatExceptionOfType(Rejected.class).isThrownBy(() -> thread.get(Duration.ZERO))
			.satisfies(isSame(rejected));
	}

	@Test
	@DisplayName("G13 links run in the order added, and at once when added after the end")
	void linksRunInOrder() throws InterruptedException {
		CountDownLatch release = new CountDownLatch(1);
		List<Integer> order = Collections.synchronizedList(new ArrayList<>());
		GreenThread<Void> thread = this.scheduler.spawn(() -> release.await());
		CountDownLatch told = new CountDownLatch(5);
		for (int i = 0; i < 5; i++) {
			int number = i;
			thread.link((ended) -> {
				order.add(ended.isDone() ? number : -1);
				told.countDown();
			});
		}
		release.countDown();
		told.await();
		thread.link((ended) -> order.add(5));
		assertThat(order).containsExactly(0, 1, 2, 3, 4, 5);
	}

	@Test
	@DisplayName("G14 of three links the first and third throw: the second runs, both errors are reported")
	void failingLinks(CapturedOutput output) {
		AtomicInteger second = new AtomicInteger();
		GreenThread<Integer> thread = this.scheduler.unstarted(() -> 1);
		thread.link((ended) -> {
			throw new IllegalStateException("first link");
		});
		thread.link((ended) -> second.incrementAndGet());
		thread.link((ended) -> {
			throw new AssertionError("third link");
		});
		thread.kill();
		assertThat(second).hasValue(1);
		assertThat(output).contains("first link").contains("third link");
	}

	@Test
	@DisplayName("G15 a link that an earlier link takes back is not called")
	void linkRemovedByAnEarlierOne() {
		AtomicReference<GreenThread.Link> second = new AtomicReference<>(() -> {
		});
		List<Integer> called = new ArrayList<>();
		GreenThread<Integer> thread = this.scheduler.unstarted(() -> 1);
		thread.link((ended) -> {
			called.add(1);
			second.get().remove();
			second.get().remove();
		});
		second.set(thread.link((ended) -> called.add(2)));
		thread.link((ended) -> called.add(3));
		thread.kill();
		assertThat(called).containsExactly(1, 3);
	}

	@Test
	@DisplayName("G21 a stack overflow in a body is reported once, and the scheduler goes on")
	void stackOverflow() throws InterruptedException {
		GreenThread<Integer> deep = this.scheduler.spawn(() -> overflow(0));
		deep.join();
		assertThat(deep.exception()).isInstanceOf(StackOverflowError.class);
		assertThat(this.scheduler.spawn(() -> "alive").get()).isEqualTo("alive");
		assertThat(this.observer.failures()).hasSizeLessThanOrEqualTo(1);
	}

	@Test
	@DisplayName("G23 a missing body or name is rejected at the spawn")
	@SuppressWarnings("NullAway")
	void nullBody() {
		assertThatNullPointerException().isThrownBy(() -> this.scheduler.spawn((Callable<String>) null))
			.withMessage("body");
		assertThatNullPointerException().isThrownBy(() -> this.scheduler.spawn((GreenTask) null)).withMessage("body");
		assertThatNullPointerException().isThrownBy(() -> this.scheduler.unstarted(null, () -> 1)).withMessage("name");
		assertThat(this.observer.spawnedCount()).isZero();
	}

	@Test
	@DisplayName("G26 a negative duration is rejected; zero looks once")
	void durations() throws InterruptedException {
		Duration negative = Duration.ofNanos(-1);
		GreenThread<Integer> thread = this.scheduler.unstarted(() -> 1);
		assertThatIllegalArgumentException().isThrownBy(() -> thread.join(negative)).withMessageContaining("limit");
		assertThatIllegalArgumentException().isThrownBy(() -> thread.get(negative));
		assertThatIllegalArgumentException().isThrownBy(() -> this.scheduler.spawnLater(negative, () -> 1))
			.withMessageContaining("delay");
		assertThatIllegalArgumentException().isThrownBy(() -> this.scheduler.drain(negative));
		assertThatIllegalArgumentException().isThrownBy(() -> GreenScheduler.builder().drainTimeout(negative));
		assertThat(thread.join(Duration.ZERO)).isFalse();
		assertThat(this.scheduler.spawnLater(Duration.ZERO, () -> 2).get()).isEqualTo(2);
		thread.start();
		assertThat(thread.join(Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
	}

	@Test
	void joinOfItselfIsRejected() throws InterruptedException {
		AtomicReference<GreenThread<?>> self = new AtomicReference<>();
		CountDownLatch known = new CountDownLatch(1);
		GreenThread<Void> thread = this.scheduler.spawn("narcissus", () -> {
			known.await();
			self.get().join();
		});
		self.set(thread);
		thread.link((ended) -> {
		});
		known.countDown();
		assertThatIllegalStateException().isThrownBy(thread::get).withMessageContaining("narcissus");
	}

	@Test
	void interruptedWaitLeavesTheThreadAlone() throws InterruptedException {
		CountDownLatch release = new CountDownLatch(1);
		GreenThread<Void> thread = this.scheduler.spawn(() -> release.await());
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(thread::join);
		assertThat(Thread.interrupted()).isFalse();
		assertThat(thread.isDone()).isFalse();
		release.countDown();
		thread.join();
		assertThat(thread.isSuccessful()).isTrue();
	}

	@SuppressWarnings("InfiniteRecursion")
	private static int overflow(int depth) {
		return 1 + overflow(depth + 1);
	}

	private static Consumer<Rejected> isSame(Rejected expected) {
		return (actual) -> assertThat(actual).isSameAs(expected);
	}

	/** Until the thread is parked among the watchers; parked elsewhere does not count. */
	private static void awaitJoining(Thread thread) {
		Until.until(thread + " to join",
				() -> !thread.isAlive() || LockSupport.getBlocker(thread) instanceof CompletionLatch);
	}

	private static void assertFlags(GreenThread<?> thread, boolean started, boolean ready, boolean successful,
			@Nullable Object value) {
		assertThat(thread.isStarted()).as("started").isEqualTo(started);
		assertThat(thread.isDone()).as("ready").isEqualTo(ready);
		assertThat(thread.isSuccessful()).as("successful").isEqualTo(successful);
		assertThat((Object) thread.value()).as("value").isEqualTo(value);
	}

	/** A checked exception with an attribute. */
	private static final class Rejected extends Exception {

		private static final long serialVersionUID = 1L;

		private final int row;

		Rejected(String message, int row) {
			super(message);
			this.row = row;
		}

	}

}
