package io.greenroom.green;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How the events, queues and timeouts of this package wait, wake, read the time and set
 * alarms. All of it goes through here, so that whoever owns turns and time can stand in.
 */
final class Blocking {

	private Blocking() {
	}

	/** The time for measuring lengths, as {@link System#nanoTime()}. */
	static long now() {
		return System.nanoTime();
	}

	/** Parks until woken, interrupted or for no reason. */
	static void park(Object blocker) {
		LockSupport.park(blocker);
	}

	/** Parks at most so long. */
	static void park(Object blocker, long nanos) {
		LockSupport.parkNanos(blocker, nanos);
	}

	static void wake(Thread thread) {
		LockSupport.unpark(thread);
	}

	/**
	 * Runs a short action that does not block when the time has come, on the one timer
	 * that all alarms share. Setting and cancelling take no lock.
	 * @return cancelling it takes the alarm out
	 */
	static Future<?> alarm(long nanos, Runnable action) {
		return Alarms.TIMER.schedule(action, nanos, TimeUnit.NANOSECONDS);
	}

	/** About how many alarms are set. */
	static long alarms() {
		return Alarms.TIMER.getDelayedTaskCount();
	}

	/** Made at the first alarm. */
	private static final class Alarms {

		/**
		 * This one, because a timer with a lock may stop: it would wait in the lock's
		 * line behind a virtual thread that gets no carrier, as all of them are busy with
		 * the very loops that an alarm is to end.
		 */
		private static final ForkJoinPool TIMER = new ForkJoinPool(1);

	}

}
