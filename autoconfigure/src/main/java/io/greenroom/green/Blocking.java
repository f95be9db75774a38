package io.greenroom.green;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
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
	 * Runs a short action that does not block when the time has come, on the one thread
	 * that all alarms share. Cancelling the future takes the alarm out.
	 */
	static Future<?> alarm(long nanos, Runnable action) {
		return Alarms.TIMER.schedule(action, nanos, TimeUnit.NANOSECONDS);
	}

	/** Made at the first alarm. */
	private static final class Alarms {

		/** Without a thread while no alarm is set, so that it holds no class loader. */
		private static final ScheduledThreadPoolExecutor TIMER = new ScheduledThreadPoolExecutor(1,
				Thread.ofPlatform().daemon().name("greenroom-alarms").factory());
		static {
			TIMER.setRemoveOnCancelPolicy(true);
			TIMER.setKeepAliveTime(10, TimeUnit.SECONDS);
			TIMER.allowCoreThreadTimeOut(true);
		}

	}

}
