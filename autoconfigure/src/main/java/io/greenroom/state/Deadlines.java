package io.greenroom.state;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.green.SchedulerClosedException;
import org.jspecify.annotations.Nullable;

/**
 * The timers of all machines of one {@link StateMachines}: each fires on a green thread
 * of its own unless it is cancelled before.
 */
final class Deadlines {

	private final GreenScheduler scheduler;

	private final Set<GreenThread<?>> armed = ConcurrentHashMap.newKeySet();

	/** Set once, by close; read after adding, so that no timer slips past. */
	private volatile boolean closed;

	Deadlines(GreenScheduler scheduler) {
		this.scheduler = scheduler;
	}

	/** Arms a timer; returns {@code null} where nothing fires any more. */
	@Nullable GreenThread<?> arm(Duration delay, Runnable action) {
		try {
			GreenThread<?> timer = this.scheduler.spawnLater(delay, () -> action.run());
			this.armed.add(timer);
			timer.link(this.armed::remove);
			if (this.closed) {
				cancel(timer);
			}
			return timer;
		}
		catch (SchedulerClosedException shuttingDown) {
			return null;
		}
	}

	/**
	 * Cancels a timer that has not fired. One that has finds out by itself that it is
	 * late.
	 */
	static void cancel(@Nullable GreenThread<?> timer) {
		if (timer != null && !timer.started()) {
			timer.kill();
		}
	}

	void close() {
		this.closed = true;
		this.armed.forEach(Deadlines::cancel);
	}

}
