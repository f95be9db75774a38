package io.greenroom.green.internal;

import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * How the parts that are built on green threads wait, beside
 * {@link io.greenroom.green.Parking Parking}. On an ordinary thread, each method does
 * what the JDK's does; on a thread of a worker, it gives the turn to another routine.
 */
public final class Waits {

	private Waits() {
	}

	/** Returns whether the current thread is one of a worker. */
	public static boolean isOnWorker() {
		return Turns.current() != null;
	}

	/**
	 * Waits up to a length of time until unparked or interrupted. May return spuriously.
	 * @param blocker what the thread waits for, for diagnosis
	 * @param nanos the maximum time to wait, in nanoseconds
	 * @param timing what it means if the time is over
	 */
	public static void park(Object blocker, long nanos, Timing timing) {
		Turn turn = Turns.current();
		if (turn == null) {
			LockSupport.parkNanos(blocker, nanos);
		}
		else {
			turn.parkNanos(blocker, nanos, timing);
		}
	}

	/**
	 * Waits up to a limit until unparked or interrupted, and returns before that to look
	 * again. May return spuriously.
	 * @param blocker what the thread waits for, for diagnosis
	 * @param limit when the wait is given up, in nanoseconds from now
	 * @param look when to look again, in nanoseconds from now
	 */
	public static void park(Object blocker, long limit, long look) {
		Turn turn = Turns.current();
		if (turn == null) {
			LockSupport.parkNanos(blocker, Math.min(limit, look));
		}
		else if (limit <= look) {
			turn.parkNanos(blocker, limit, Timing.LIMIT);
		}
		else {
			Runnable cancel = turn.schedule(limit, Timing.LIMIT, turn::unpark);
			turn.parkNanos(blocker, look, Timing.LOOK);
			cancel.run();
		}
	}

	/**
	 * Waits without a limit until unparked or interrupted, and returns before that to
	 * look again. May return spuriously.
	 * @param blocker what the thread waits for, for diagnosis
	 * @param look when to look again, in nanoseconds from now
	 */
	public static void parkToLook(Object blocker, long look) {
		park(blocker, Long.MAX_VALUE, look);
	}

	/**
	 * Lets some time pass, unless unparked or interrupted before. May return spuriously.
	 * @param blocker what the thread waits for, for diagnosis
	 * @param nanos how long, in nanoseconds
	 */
	public static void rest(Object blocker, long nanos) {
		park(blocker, nanos, Timing.SLEEP);
	}

	/**
	 * Lets another thread finish what it is in the middle of, which the current thread
	 * checks for in a loop.
	 */
	public static void spin() {
		Turn turn = Turns.current();
		if (turn == null) {
			Thread.yield();
		}
		else {
			turn.pause();
		}
	}

	/**
	 * Yields because others can probably go on. On a worker this does nothing: it would
	 * be a step of its own, and save nothing.
	 */
	public static void giveWay() {
		if (Turns.current() == null) {
			Thread.yield();
		}
	}

	/** Returns what a thread is parked on, or {@code null} if it is not known to be. */
	public static @Nullable Object blocker(Thread thread) {
		Turn turn = Turns.of(thread);
		Object blocker = (turn != null) ? turn.blocker() : null;
		return (blocker != null) ? blocker : LockSupport.getBlocker(thread);
	}

}
