package io.greenroom.web.internal;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.green.SchedulerClosedException;
import io.greenroom.green.internal.SchedulerAccess;
import org.jspecify.annotations.Nullable;

/**
 * Adds up how long a request waits for its client, and reports when a limit is exceeded,
 * regardless of what the waiting thread is doing. A timer runs only while the request
 * waits. Safe for use by many threads.
 */
final class Countdown {

	private final GreenScheduler scheduler;

	private final long limit;

	/** Run once, on any thread. */
	private final Runnable over;

	/** The nesting depth of the thread's waits. Guarded by this. */
	private int depth;

	/** When the outermost wait began. Guarded by this. */
	private long since;

	/** The total time of earlier waits. Guarded by this. */
	private long used;

	/** Guarded by this. */
	private @Nullable GreenThread<?> timer;

	/** Guarded by this. */
	private State state = State.WATCHING;

	Countdown(GreenScheduler scheduler, Duration limit, Runnable over) {
		this.scheduler = scheduler;
		this.limit = TimeUnit.NANOSECONDS.convert(limit);
		this.over = over;
	}

	void waits() {
		synchronized (this) {
			if (this.state == State.WATCHING && this.depth++ == 0) {
				this.since = this.scheduler.nanoTime();
				if (this.timer == null) {
					setTimer(this.limit - this.used);
				}
			}
		}
	}

	void goesOn() {
		boolean expired;
		synchronized (this) {
			if (this.state == State.WATCHING && --this.depth == 0) {
				this.used += this.scheduler.nanoTime() - this.since;
			}
			expired = expire();
		}
		if (expired) {
			this.over.run();
		}
	}

	/** Must hold the lock. Returns whether this call has detected the end of the time. */
	private boolean expire() {
		if (this.state != State.WATCHING || total() < this.limit) {
			return false;
		}
		this.state = State.EXPIRED;
		return true;
	}

	/** Must hold the lock. */
	private long total() {
		return (this.depth == 0) ? this.used : this.used + this.scheduler.nanoTime() - this.since;
	}

	/** Must hold the lock. */
	private void setTimer(long nanos) {
		try {
			this.timer = SchedulerAccess.get()
				.spawnAtLimit(this.scheduler, Duration.ofNanos(Math.max(nanos, 0)), this::look);
		}
		catch (SchedulerClosedException closed) {
			// The server is shutting down, and its connections with it.
		}
	}

	private void look() {
		boolean expired;
		synchronized (this) {
			this.timer = null;
			expired = expire();
			if (!expired && this.state == State.WATCHING && this.depth > 0) {
				setTimer(this.limit - total());
			}
		}
		if (expired) {
			this.over.run();
		}
	}

	synchronized boolean isExpired() {
		return this.state == State.EXPIRED;
	}

	/**
	 * Called when the request is complete in time; a thread that still waits is no longer
	 * watched.
	 */
	void stop() {
		GreenThread<?> unneeded;
		synchronized (this) {
			if (this.state == State.WATCHING) {
				this.state = State.OVER;
			}
			unneeded = this.timer;
			this.timer = null;
		}
		if (unneeded != null) {
			unneeded.kill();
		}
	}

	private enum State {

		WATCHING, EXPIRED, OVER

	}

}
