package io.greenroom.green;

import io.greenroom.green.internal.AlarmClock;
import io.greenroom.green.internal.Timing;
import io.greenroom.green.internal.Turn;
import io.greenroom.green.internal.Turns;

/**
 * How the events, queues and timeouts of this package wait, wake, read the time and set
 * alarms. Everything goes through here, so that the owner of turns and time can replace
 * it.
 */
final class Blocking {

	private Blocking() {
	}

	/** Returns the time for measuring durations, as {@link Parking#nanoTime()} does. */
	static long now() {
		return Parking.nanoTime();
	}

	/** Parks until woken, interrupted, or spuriously. */
	static void park(Object blocker) {
		Parking.park(blocker);
	}

	/** Parks up to the limit. */
	static void park(Object blocker, long nanos) {
		Parking.parkNanos(blocker, nanos);
	}

	static void wake(Thread thread) {
		Parking.unpark(thread);
	}

	/**
	 * Runs a short internal action when the time has come. The shared {@link AlarmClock}
	 * runs it, where setting and cancelling take no lock, or the worker in whose time the
	 * calling thread lives.
	 * @return an action that cancels the alarm
	 */
	static Runnable alarm(long nanos, Runnable action) {
		Turn turn = Turns.current();
		if (turn != null) {
			return turn.schedule(nanos, Timing.LIMIT, action);
		}
		return AlarmClock.set(nanos, action);
	}

	/** Returns about how many alarms are set. */
	static long alarms() {
		return AlarmClock.count();
	}

}
