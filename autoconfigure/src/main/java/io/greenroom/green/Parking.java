package io.greenroom.green;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.LockSupport;

import io.greenroom.green.internal.Limits;
import io.greenroom.green.internal.Timing;
import io.greenroom.green.internal.Turn;
import io.greenroom.green.internal.Turns;
import org.jspecify.annotations.Nullable;

/**
 * {@link LockSupport} for primitives that also run under a
 * {@link io.greenroom.green.worker.Worker Worker}. On an ordinary thread, virtual or not,
 * each method does what the JDK's does. On a thread of a worker, a wait gives the turn to
 * another routine, and time is the worker's.
 * <p>
 * A thread that waits with {@link #park} must be woken with {@link #unpark}.
 */
public final class Parking {

	private Parking() {
	}

	/**
	 * Returns the time of the current thread in nanoseconds, for measuring durations as
	 * with {@link System#nanoTime()}.
	 * @return the worker's time on one of its threads, otherwise the JDK's
	 */
	public static long nanoTime() {
		Turn turn = Turns.current();
		return (turn != null) ? turn.nanoTime() : System.nanoTime();
	}

	/**
	 * Waits until unparked or interrupted. May return spuriously.
	 * @param blocker what the thread waits for, for diagnosis
	 */
	public static void park(Object blocker) {
		Objects.requireNonNull(blocker, "blocker");
		Turn turn = Turns.current();
		if (turn != null) {
			turn.park(blocker);
		}
		else {
			LockSupport.park(blocker);
		}
	}

	/**
	 * Waits up to the limit until unparked or interrupted. May return spuriously.
	 * @param blocker what the thread waits for, for diagnosis
	 * @param nanos the maximum time to wait, in nanoseconds
	 */
	public static void parkNanos(Object blocker, long nanos) {
		Objects.requireNonNull(blocker, "blocker");
		Turn turn = Turns.current();
		if (turn != null) {
			turn.parkNanos(blocker, nanos, Timing.LIMIT);
		}
		else {
			LockSupport.parkNanos(blocker, nanos);
		}
	}

	/**
	 * Wakes a thread that is parked, or lets its next park return at once.
	 * @param thread the thread; {@code null} has no effect
	 */
	public static void unpark(@Nullable Thread thread) {
		Turn turn = Turns.of(thread);
		if (turn != null) {
			turn.unpark();
		}
		else {
			LockSupport.unpark(thread);
		}
	}

	/**
	 * Yields to other threads, if any are ready.
	 * @throws CancellationException if the thread is a routine of a worker that was
	 * killed, or the time of an enclosing {@link Timeout} is over, so that a routine that
	 * loops over this method ends; its interrupt flag stays set
	 */
	public static void pause() {
		Turn turn = Turns.current();
		if (turn != null) {
			turn.pause();
			rejectEnded();
		}
		else {
			Thread.yield();
		}
	}

	/** Throws if this thread must end. Any other interrupt is left for its next wait. */
	private static void rejectEnded() {
		if (!Thread.currentThread().isInterrupted()) {
			return;
		}
		GreenThread<?> current = GreenThread.current();
		if (current != null && current.state() == GreenThread.State.KILLED) {
			throw new CancellationException("Routine '" + current.name() + "' was killed");
		}
		if (TimeoutNest.isExpiredHere()) {
			throw new CancellationException("The time of a block around this pause is over");
		}
	}

	/**
	 * Interrupts a thread. A thread of a worker takes its place in the line at once, so
	 * that runs are reproducible.
	 * @param thread the thread
	 */
	public static void interrupt(Thread thread) {
		Turn turn = Turns.of(Objects.requireNonNull(thread, "thread"));
		if (turn != null) {
			turn.interrupt();
		}
		else {
			thread.interrupt();
		}
	}

	/**
	 * Lets the current thread sleep.
	 * @param length how long; zero yields
	 * @throws InterruptedException if the thread is interrupted before or while it sleeps
	 * @throws IllegalArgumentException if the length is negative
	 */
	public static void sleep(Duration length) throws InterruptedException {
		long nanos = Limits.nanos(length, "length");
		Turn turn = Turns.current();
		if (turn == null) {
			Thread.sleep(length);
			return;
		}
		if (nanos == 0) {
			turn.pause();
		}
		long start = turn.nanoTime();
		for (long left = nanos; left > 0 && !Thread.currentThread().isInterrupted();) {
			turn.parkNanos(turn, left, Timing.SLEEP);
			left = nanos - (turn.nanoTime() - start);
		}
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
	}

}
