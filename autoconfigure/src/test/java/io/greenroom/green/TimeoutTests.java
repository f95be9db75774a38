package io.greenroom.green;

import java.io.IOException;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Collected;
import io.greenroom.testkit.Rounds;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/**
 * Timeouts on the test's own platform thread, unless a row asks for a green one. A body
 * that "sleeps long" sleeps until it is interrupted.
 */
@org.junit.jupiter.api.Timeout(60)
@CloseSchedulers
class TimeoutTests {

	private static final Duration SHORT = Duration.ofMillis(20);

	private static final Duration LONG = Duration.ofSeconds(20);

	private final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(5)).build();

	@AfterEach
	void close() {
		assertThat(Thread.interrupted()).as("interrupt flag left behind").isFalse();
	}

	@Test
	@DisplayName("T01 a block that ends in time: nothing fires later, inside or outside it")
	void nothingFiresAfterTheBlock() throws Exception {
		Timeout timeout = Timeout.after(SHORT);
		assertThat(timeout.<String, RuntimeException>call(() -> "done")).isEqualTo("done");
		Thread.sleep(SHORT.multipliedBy(3));
		assertThat(timeout.isExpired()).isFalse();
	}

	@Test
	@DisplayName("T02 the exception identifies the very timeout, and shows where the block was")
	void exceptionIdentifiesTheTimeout() {
		Timeout timeout = this.scheduler.timeout(SHORT);
		long start = System.nanoTime();
		assertThatExceptionOfType(TimeoutExpiredException.class).isThrownBy(() -> timeout.run(TimeoutTests::sleepLong))
			.satisfies((ex) -> assertThat(ex.timeout()).isSameAs(timeout))
			.withMessageContaining("PT0.02S")
			.withCauseInstanceOf(InterruptedException.class);
		assertThat(System.nanoTime() - start).isBetween(SHORT.toNanos(), LONG.toNanos());
		assertThat(timeout.isExpired()).isTrue();
	}

	@Test
	@DisplayName("T02 the same on a green thread")
	void worksOnGreenThreads() throws Exception {
		Timeout timeout = Timeout.after(SHORT);
		GreenThread<Boolean> thread = this.scheduler.spawn(() -> timeout.tryRun(TimeoutTests::sleepLong));
		assertThat(thread.get(LONG)).isFalse();
	}

	@Test
	@DisplayName("T03 an exception of the caller's choice")
	void throwsTheCallersException() {
		Timeout timeout = Timeout.after(SHORT).orThrow(SlowException::new);
		assertThatExceptionOfType(SlowException.class).isThrownBy(() -> timeout.run(TimeoutTests::sleepLong))
			.satisfies((ex) -> assertThat(((TimeoutExpiredException) ex.getCause()).timeout()).isSameAs(timeout));
	}

	@Test
	@DisplayName("T04 cancelled inside, or before: nothing fires")
	void cancelledTimeoutDoesNotFire() throws Exception {
		Timeout inside = Timeout.after(SHORT);
		inside.run(() -> {
			inside.cancel();
			inside.cancel();
			Thread.sleep(SHORT.multipliedBy(3));
		});
		Timeout before = Timeout.after(SHORT);
		before.cancel();
		before.run(() -> Thread.sleep(SHORT.multipliedBy(3)));
		assertThat(inside.isExpired()).isFalse();
		assertThat(before.isExpired()).isFalse();
	}

	@Test
	@DisplayName("T05 a silent timeout leaves the block without an exception, before twice the limit")
	void silentTimeoutLeavesTheBlock() throws Exception {
		Duration limit = Duration.ofMillis(100);
		long fastest = Long.MAX_VALUE;
		for (int i = 0; i < 5; i++) {
			long start = System.nanoTime();
			assertThat(Timeout.after(limit).tryRun(TimeoutTests::sleepLong)).isFalse();
			fastest = Math.min(fastest, System.nanoTime() - start);
		}
		// A machine that is busy elsewhere delays one of them, or two.
		assertThat(fastest).isBetween(limit.toNanos(), 2 * limit.toNanos());
		assertThat(Timeout.after(LONG).tryRun(() -> {
		})).isTrue();
	}

	@Test
	@DisplayName("T06 without a limit nothing fires")
	void noLimitNeverFires() throws Exception {
		Timeout timeout = Timeout.none();
		timeout.run(() -> Thread.sleep(SHORT));
		assertThat(timeout.isExpired()).isFalse();
		assertThat(timeout).hasToString("Timeout[none]");
		assertThat(Timeout.after(Duration.ofSeconds(Long.MAX_VALUE)).tryRun(() -> Thread.sleep(SHORT))).isTrue();
	}

	@Test
	@DisplayName("T07 silent short outside, silent long inside: both blocks are left")
	void innerTimeoutDoesNotSwallowTheOuter() throws Exception {
		AtomicBoolean between = new AtomicBoolean();
		boolean inTime = Timeout.after(SHORT).tryRun(() -> {
			Timeout.after(LONG).tryRun(TimeoutTests::sleepLong);
			between.set(true);
		});
		assertThat(inTime).isFalse();
		assertThat(between).isFalse();
	}

	@Test
	@DisplayName("T07 the same when both are over while the inner block is being left")
	void innerTimeoutDoesNotSwallowTheOuterWhenBothAreOver() throws Exception {
		AtomicBoolean between = new AtomicBoolean();
		Timeout inner = Timeout.after(SHORT.multipliedBy(2));
		boolean inTime = Timeout.after(SHORT).tryRun(() -> {
			inner.tryRun(() -> {
				try {
					sleepLong();
				}
				finally {
					// Lets the inner one come over too, without looking at the flag.
					Until.until("inner expiry", inner::isExpired);
				}
			});
			between.set(true);
		});
		assertThat(inTime).isFalse();
		assertThat(between).isFalse();
	}

	@Test
	@DisplayName("T07 inner over first, then the outer while the inner block is being left: both blocks are left")
	void outerThatComesSecondIsNotSwallowedEither() throws Exception {
		AtomicBoolean between = new AtomicBoolean();
		Timeout outer = Timeout.after(SHORT.multipliedBy(2));
		boolean inTime = outer.tryRun(() -> {
			Timeout.after(SHORT).tryRun(() -> {
				try {
					sleepLong();
				}
				finally {
					Until.until("outer expiry", outer::isExpired);
				}
			});
			between.set(true);
		});
		assertThat(inTime).isFalse();
		assertThat(between).isFalse();
	}

	@Test
	@DisplayName("T08 short outside, long inside: the error is the outer's, and the inner one is cancelled")
	void outerExpiryIsTheOuters() {
		Timeout outer = Timeout.after(SHORT);
		Timeout inner = Timeout.after(LONG);
		assertThatExceptionOfType(TimeoutExpiredException.class)
			.isThrownBy(() -> outer.run(() -> inner.run(TimeoutTests::sleepLong)))
			.satisfies((ex) -> assertThat(ex.timeout()).isSameAs(outer));
		assertThat(inner.isExpired()).isFalse();
	}

	@Test
	@DisplayName("T09 long outside, short inside: the error is the inner's, and the outer one goes on counting")
	void innerExpiryIsTheInners() {
		Timeout outer = Timeout.after(Duration.ofMillis(200));
		Timeout inner = Timeout.after(SHORT);
		AtomicReference<TimeoutExpiredException> first = new AtomicReference<>();
		assertThatExceptionOfType(TimeoutExpiredException.class).isThrownBy(() -> outer.run(() -> {
			try {
				inner.run(TimeoutTests::sleepLong);
			}
			catch (TimeoutExpiredException ex) {
				first.set(ex);
			}
			sleepLong();
		})).satisfies((ex) -> assertThat(ex.timeout()).isSameAs(outer));
		assertThat(first.get().timeout()).isSameAs(inner);
	}

	@Test
	@DisplayName("T09 the inner's error passes the outer one unchanged")
	void innerErrorPassesTheOuter() {
		Timeout inner = Timeout.after(SHORT);
		assertThatExceptionOfType(TimeoutExpiredException.class)
			.isThrownBy(() -> Timeout.after(LONG).tryRun(() -> inner.run(TimeoutTests::sleepLong)))
			.satisfies((ex) -> assertThat(ex.timeout()).isSameAs(inner));
	}

	@Test
	@DisplayName("T09 the same when the outer one is over by then")
	void innerErrorPassesTheOuterThatIsOverToo() {
		Timeout outer = Timeout.after(SHORT.multipliedBy(5));
		Timeout inner = Timeout.after(SHORT);
		assertThatExceptionOfType(TimeoutExpiredException.class).isThrownBy(() -> outer.tryRun(() -> {
			try {
				inner.run(TimeoutTests::sleepLong);
			}
			finally {
				Until.until("outer expiry", outer::isExpired);
			}
		})).satisfies((ex) -> assertThat(ex.timeout()).isSameAs(inner));
	}

	@Test
	@DisplayName("T07 both are over while the inner block runs on and returns: the outer block is still left")
	void outerInterruptOutlivesTheInnerBlock() throws Exception {
		for (Duration limit : List.of(SHORT, SHORT.multipliedBy(3))) {
			Timeout outer = Timeout.after(limit);
			Timeout inner = Timeout.after(SHORT.multipliedBy(2));
			assertThat(outer.tryRun(() -> {
				inner.run(() -> Until.until("both expiries", () -> outer.isExpired() && inner.isExpired()));
				sleepLong();
			})).isFalse();
		}
	}

	@Test
	@DisplayName("T10 a body that catches the timeout and goes on ends normally, without a repeat")
	void caughtTimeoutIsNotRepeated() throws Exception {
		Timeout timeout = Timeout.after(SHORT);
		String value = timeout.call(() -> {
			try {
				sleepLong();
			}
			catch (InterruptedException ex) {
				Thread.sleep(SHORT);
				Timeout.after(LONG).run(() -> Thread.sleep(SHORT));
				return "went on";
			}
			return "never";
		});
		assertThat(value).isEqualTo("went on");
		assertThat(timeout.isExpired()).isTrue();
	}

	@Test
	@DisplayName("T10 who has caught the outer timeout can still be limited by an inner one")
	void innerTimeoutWorksAfterACaughtOuterOne() throws Exception {
		boolean outerInTime = Timeout.after(SHORT).tryRun(() -> {
			try {
				sleepLong();
			}
			catch (InterruptedException caught) {
				assertThat(Timeout.after(SHORT).tryRun(TimeoutTests::sleepLong)).isFalse();
			}
		});
		assertThat(outerInTime).isTrue();
	}

	@Test
	@DisplayName("T11 with a fallback: its value, and a foreign timeout is not turned into it")
	void fallbackReplacesOnlyItsOwnExpiry() throws Exception {
		assertThat(Timeout.after(SHORT).<String, Exception>callOr("fallback", () -> {
			sleepLong();
			return "never";
		})).isEqualTo("fallback");
		assertThat(Timeout.after(LONG).<String, Exception>callOr("fallback", () -> "value")).isEqualTo("value");
		Timeout foreign = Timeout.after(SHORT);
		assertThatExceptionOfType(TimeoutExpiredException.class)
			.isThrownBy(() -> Timeout.after(LONG).<String, Exception>callOr("fallback", () -> {
				foreign.run(TimeoutTests::sleepLong);
				return "never";
			}))
			.satisfies((ex) -> assertThat(ex.timeout()).isSameAs(foreign));
		assertThatExceptionOfType(SocketTimeoutException.class)
			.isThrownBy(() -> Timeout.after(Duration.ZERO).<String, Exception>callOr("fallback", () -> {
				Thread.interrupted();
				throw new SocketTimeoutException("the driver's own");
			}));
	}

	@Test
	@DisplayName("T11 what the block throws for reasons of its own passes through, also after the expiry")
	void foreignFailurePassesThrough() {
		Timeout timeout = Timeout.after(Duration.ZERO);
		IOException failure = new IOException("disk");
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> timeout.tryRun(() -> {
			Thread.interrupted();
			throw failure;
		})).isSameAs(failure);
		StackOverflowError error = new StackOverflowError();
		assertThatExceptionOfType(StackOverflowError.class)
			.isThrownBy(() -> Timeout.after(Duration.ZERO).tryRun(() -> throwError(error)))
			.isSameAs(error);
	}

	@Test
	@DisplayName("T12 an interrupt from elsewhere is not swallowed, whether it comes before or during the block")
	void foreignInterruptPassesThrough() throws Exception {
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class)
			.isThrownBy(() -> Timeout.after(LONG).tryRun(TimeoutTests::sleepLong));
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class)
			.isThrownBy(() -> Timeout.after(Duration.ZERO).tryRun(TimeoutTests::sleepLong));
		Thread.currentThread().interrupt();
		assertThat(Timeout.after(Duration.ZERO).tryRun(() -> {
		})).isTrue();
		assertThat(Thread.interrupted()).as("the foreign interrupt").isTrue();
		GreenEvent never = new GreenEvent();
		GreenThread<Boolean> killed = this.scheduler.spawn(() -> Timeout.after(LONG).tryRun(never::await));
		Until.until("start", killed::isStarted);
		Until.parkedIn(GreenEvent.class, Objects.requireNonNull(killed.carrier()));
		killed.kill();
		assertThat(killed.join(LONG)).isTrue();
		assertThat(killed.exception()).isInstanceOf(GreenThreadKilledException.class);
	}

	@Test
	@DisplayName("T12 a body that sets its flag again after the interrupt leaves it clean all the same")
	void restoredFlagIsTidied() throws Exception {
		assertThat(Timeout.after(SHORT).tryRun(() -> {
			try {
				sleepLong();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		})).isTrue();
		assertThatExceptionOfType(TimeoutExpiredException.class).isThrownBy(() -> Timeout.after(SHORT).run(() -> {
			try {
				sleepLong();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IllegalStateException("gave up");
			}
		})).withCauseInstanceOf(IllegalStateException.class);
	}

	@Test
	@DisplayName("T13 a timeout closes the socket that a virtual thread is blocked on; a deadline does not")
	void deadlineLeavesTheSocketOpen() throws Exception {
		try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				Socket first = new Socket(listener.getInetAddress(), listener.getLocalPort());
				Socket _ = listener.accept();
				Socket second = new Socket(listener.getInetAddress(), listener.getLocalPort());
				Socket peer = listener.accept()) {
			GreenThread<Boolean> interrupted = this.scheduler
				.spawn(() -> Timeout.after(SHORT).tryRun(() -> first.getInputStream().read()));
			assertThat(interrupted.get(LONG)).isFalse();
			assertThat(first.isClosed()).isTrue();
			GreenThread<Integer> asking = this.scheduler.spawn(() -> {
				Deadline deadline = Deadline.after(SHORT);
				try {
					second.setSoTimeout(deadline.checkMillis());
					return second.getInputStream().read();
				}
				catch (SocketTimeoutException late) {
					assertThat(deadline.isExpired()).isTrue();
				}
				second.setSoTimeout(Deadline.none().checkMillis());
				peer.getOutputStream().write(42);
				return second.getInputStream().read();
			});
			assertThat(asking.get(LONG)).isEqualTo(42);
			assertThat(second.isClosed()).isFalse();
		}
	}

	@Test
	@DisplayName("E06 an outer timeout shorter than an inner wait's limit is the one reported")
	void outerTimeoutIsReportedFromAnInnerWait() {
		Timeout timeout = Timeout.after(SHORT);
		GreenEvent event = new GreenEvent();
		assertThatExceptionOfType(TimeoutExpiredException.class).isThrownBy(() -> timeout.call(() -> event.await(LONG)))
			.satisfies((ex) -> assertThat(ex.timeout()).isSameAs(timeout));
		GreenQueue<String> queue = new GreenQueue<>(1);
		assertThat(Timeout.after(SHORT).<Object, RuntimeException>callOr("late", () -> queue.iterator().next()))
			.isEqualTo("late");
		assertThat(queue.waiting()).isZero();
	}

	@Test
	@DisplayName("G25 yield spinners on every carrier under a timeout of 10 ms end")
	void yieldSpinnerEnds() throws Exception {
		Duration limit = Duration.ofMillis(10);
		List<GreenThread<Long>> spinners = new ArrayList<>();
		for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
			spinners.add(this.scheduler.spawn(() -> {
				long start = System.nanoTime();
				boolean ended = Timeout.after(limit).tryRun(() -> {
					while (true) {
						Thread.sleep(Duration.ZERO);
					}
				});
				return ended ? Long.MAX_VALUE : System.nanoTime() - start;
			}));
		}
		for (GreenThread<Long> spinner : spinners) {
			assertThat(spinner.get(LONG)).isBetween(limit.toNanos(), LONG.toNanos());
		}
	}

	@Test
	@DisplayName("T12 the alarms of blocks that ended in time are taken out")
	void endedBlocksLeaveNoAlarm() throws Exception {
		long before = Blocking.alarms();
		Timeout ending = Timeout.after(Duration.ofHours(1));
		ending.run(() -> Until.until("one alarm", () -> Blocking.alarms() > before));
		Until.until("no alarm", () -> Blocking.alarms() <= before);
		Timeout cancelled = Timeout.after(Duration.ofHours(1));
		cancelled.run(() -> {
			Until.until("one alarm", () -> Blocking.alarms() > before);
			cancelled.cancel();
			Until.until("no alarm", () -> Blocking.alarms() <= before);
		});
	}

	@Test
	@DisplayName("T12 a block that has ended, or whose timeout was cancelled, is forgotten, whatever other alarms there are")
	void endedBlocksAreForgotten() throws Exception {
		List<Reference<Thread>> threads = new ArrayList<>();
		threads.add(endedThread(() -> Timeout.after(Duration.ofHours(1)).run(() -> {
		})));
		threads.add(endedThread(() -> {
			Timeout cancelled = Timeout.after(Duration.ofHours(1));
			cancelled.run(cancelled::cancel);
		}));
		// What an alarm would do refers to the thread of its block.
		Collected.await("threads whose blocks have ended", threads);
	}

	private static Reference<Thread> endedThread(Runnable body) throws InterruptedException {
		Thread thread = Thread.ofPlatform().start(body);
		thread.join();
		return new WeakReference<>(thread);
	}

	@Test
	void usedTwiceIsAnError() {
		Timeout timeout = Timeout.after(LONG);
		timeout.run(() -> {
		});
		assertThatIllegalStateException().isThrownBy(() -> timeout.run(() -> {
		})).withMessageContaining("create a new one");
		timeout.cancel();
	}

	@Test
	@SuppressWarnings("NullAway")
	void badInputIsAnError() {
		assertThatIllegalArgumentException().isThrownBy(() -> Timeout.after(Duration.ofNanos(-1)))
			.withMessageContaining("limit");
		assertThatIllegalArgumentException().isThrownBy(() -> Deadline.after(Duration.ofNanos(-1)))
			.withMessageContaining("limit");
		assertThatNullPointerException().isThrownBy(() -> Timeout.after(LONG).run(null)).withMessageContaining("block");
		assertThatNullPointerException().isThrownBy(() -> Timeout.after(LONG).call(null))
			.withMessageContaining("block");
		assertThatNullPointerException().isThrownBy(() -> Timeout.after(LONG).orThrow(null))
			.withMessageContaining("error");
	}

	@Test
	@DisplayName("T12 blocks that end just when the time is over: the flag is clean, the outcome one of two")
	void interruptNeverStaysBehind() throws Exception {
		int rounds = Rounds.of(25_000);
		AtomicInteger expired = new AtomicInteger();
		List<GreenThread<Void>> threads = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			threads.add(this.scheduler.spawn(() -> {
				for (int round = 0; round < rounds; round++) {
					Timeout timeout = Timeout.after(Duration.ofNanos(10_000));
					long until = (round % 2 == 0) ? Long.MAX_VALUE : 10_000 + (System.nanoTime() & 0x7FFF);
					timeout.run(() -> spinUntilExpired(timeout, until));
					if (timeout.isExpired()) {
						expired.incrementAndGet();
					}
					if (Thread.currentThread().isInterrupted()) {
						throw new IllegalStateException("interrupt left behind in round " + round);
					}
				}
			}));
		}
		for (GreenThread<Void> thread : threads) {
			thread.get();
		}
		assertThat(expired.get()).as("expiries; half of the rounds wait for theirs").isBetween(2 * rounds, 4 * rounds);
	}

	/** Returns while the interrupt is on its way: the expiry is seen before it. */
	private static void spinUntilExpired(Timeout timeout, long nanos) {
		long start = System.nanoTime();
		while (!timeout.isExpired() && System.nanoTime() - start < nanos) {
			Thread.onSpinWait();
		}
	}

	@Test
	@DisplayName("T12 nested blocks that end just when both times are over: the flag is clean outside")
	void nestedInterruptsNeverStayBehind() throws Exception {
		GreenThread<Void> thread = this.scheduler.spawn(() -> {
			for (int round = 0; round < Rounds.of(10_000); round++) {
				Timeout outer = Timeout.after(Duration.ofNanos(10_000 + (round & 0x3FFF)));
				Timeout inner = Timeout.after(Duration.ofNanos(15_000));
				Timeout awaited = (round % 2 == 0) ? outer : inner;
				outer.run(() -> inner.run(() -> spinUntilExpired(awaited, Long.MAX_VALUE)));
				if (Thread.currentThread().isInterrupted()) {
					throw new IllegalStateException("interrupt left behind in round " + round);
				}
			}
		});
		thread.get();
	}

	private static void sleepLong() throws InterruptedException {
		new CountDownLatch(1).await();
	}

	private static void throwError(Error error) {
		throw error;
	}

	private static final class SlowException extends RuntimeException {

		SlowException(Throwable cause) {
			super(cause);
		}

	}

}
