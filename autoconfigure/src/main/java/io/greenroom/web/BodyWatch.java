package io.greenroom.web;

import java.time.Duration;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.green.SchedulerClosedException;
import io.greenroom.observe.Failures;
import org.jspecify.annotations.Nullable;

/**
 * Adds up how long one request in a slot waits for its body, and has the slot given up
 * once that is too long: at that moment, though a server that is blocked in a read may
 * notice later. What the controller does between reads does not count. A timer runs only
 * while the body is being read.
 */
final class BodyWatch implements IoWatch {

	private final GreenScheduler scheduler;

	private final String pool;

	private final Duration limit;

	/** Whether the connection ends with a request that is late, as with HTTP/1. */
	private final boolean closes;

	private final Runnable giveUp;

	/** How deep the reading thread is in reads. Guarded by this. */
	private int depth;

	/** When the outermost read began. Guarded by this. */
	private long since;

	/** How long earlier reads took. Guarded by this. */
	private long used;

	/** Guarded by this. */
	private @Nullable GreenThread<?> timer;

	/** Guarded by this. */
	private State state = State.WATCHING;

	BodyWatch(GreenScheduler scheduler, String pool, Duration limit, boolean closes, Runnable giveUp) {
		this.scheduler = scheduler;
		this.pool = pool;
		this.limit = limit;
		this.closes = closes;
		this.giveUp = giveUp;
	}

	@Override
	public <T, X extends Exception> T transfer(Transfer<T, X> read) throws X {
		requireInTime();
		waits();
		T result;
		try {
			result = read.run();
		}
		catch (Throwable failure) {
			BodyTimeoutException late = end();
			if (late != null) {
				Failures.suppress(late, failure);
				throw late;
			}
			throw failure;
		}
		BodyTimeoutException late = end();
		if (late != null) {
			throw late;
		}
		return result;
	}

	@Override
	public void waits() {
		synchronized (this) {
			if (this.state == State.WATCHING && this.depth++ == 0) {
				this.since = System.nanoTime();
				if (this.timer == null) {
					setTimer(this.limit.toNanos() - this.used);
				}
			}
		}
	}

	@Override
	public void goesOn() {
		boolean over;
		synchronized (this) {
			if (this.state == State.WATCHING && --this.depth == 0) {
				this.used += System.nanoTime() - this.since;
			}
			over = expire();
		}
		if (over) {
			this.giveUp.run();
		}
	}

	private @Nullable BodyTimeoutException end() {
		goesOn();
		return late();
	}

	/** Under the lock. Returns whether this call has noticed the end of the time. */
	private boolean expire() {
		if (this.state != State.WATCHING || total() < this.limit.toNanos()) {
			return false;
		}
		this.state = State.EXPIRED;
		return true;
	}

	/** Under the lock. */
	private long total() {
		return (this.depth == 0) ? this.used : this.used + System.nanoTime() - this.since;
	}

	/** Under the lock. */
	private void setTimer(long nanos) {
		try {
			this.timer = this.scheduler.spawnLater(Duration.ofNanos(Math.max(nanos, 0)), this::look);
		}
		catch (SchedulerClosedException closed) {
			// The server is going down, and its connections with it.
		}
	}

	private void look() {
		boolean over;
		synchronized (this) {
			this.timer = null;
			over = expire();
			if (!over && this.state == State.WATCHING && this.depth > 0) {
				setTimer(this.limit.toNanos() - total());
			}
		}
		if (over) {
			this.giveUp.run();
		}
	}

	@Override
	public void requireInTime() {
		BodyTimeoutException late = late();
		if (late != null) {
			throw late;
		}
	}

	/** Returns what a request that has lost its slot is told. */
	@Nullable BodyTimeoutException late() {
		return isExpired() ? new BodyTimeoutException(this.pool, this.limit, this.closes) : null;
	}

	synchronized boolean isExpired() {
		return this.state == State.EXPIRED;
	}

	/** The slot is given back in time: whoever still reads does so unwatched. */
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
