package io.greenroom.green;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * How the events, queues and timeouts of this package wait, wake, read the time and set
 * alarms. All of it goes through here, so that whoever owns turns and time can stand in.
 */
final class Blocking {

	private Blocking() {
	}

	/** The time for measuring lengths, as {@link Parking#nanoTime()}. */
	static long now() {
		return Parking.nanoTime();
	}

	/** Parks until woken, interrupted or for no reason. */
	static void park(Object blocker) {
		Parking.park(blocker);
	}

	/** Parks at most so long. */
	static void park(Object blocker, long nanos) {
		Parking.parkNanos(blocker, nanos);
	}

	static void wake(Thread thread) {
		Parking.unpark(thread);
	}

	/**
	 * Runs a short action that does not block when the time has come: on the one timer
	 * that all alarms share, where setting and cancelling take no lock, or in the time of
	 * the worker whose thread asks.
	 * @return running it takes the alarm out
	 */
	static Runnable alarm(long nanos, Runnable action) {
		Turn turn = Parking.currentTurn();
		if (turn != null) {
			return turn.schedule(nanos, action);
		}
		Future<?> alarm = Alarms.TIMER.schedule(action, nanos, TimeUnit.NANOSECONDS);
		return () -> alarm.cancel(false);
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
