package io.greenroom.green;

import io.greenroom.green.internal.AlarmClock;
import io.greenroom.green.internal.Turn;
import io.greenroom.green.internal.Turns;

/**
 * How the events, queues and timeouts of this package wait, wake, read the time and set
 * alarms. All of it goes through here, so that the owner of turns and time can stand in.
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

	/** Parks up to the limit. */
	static void park(Object blocker, long nanos) {
		Parking.parkNanos(blocker, nanos);
	}

	static void wake(Thread thread) {
		Parking.unpark(thread);
	}

	/**
	 * Runs a short action of ours when the time has come: by the one {@link AlarmClock},
	 * where setting and cancelling take no lock, or in the time of the worker whose
	 * thread asks.
	 * @return running it takes the alarm out
	 */
	static Runnable alarm(long nanos, Runnable action) {
		Turn turn = Turns.current();
		if (turn != null) {
			return turn.schedule(nanos, action);
		}
		return AlarmClock.set(nanos, action);
	}

	/** About how many alarms are set. */
	static long alarms() {
		return AlarmClock.count();
	}

}
