package io.greenroom.web.internal;

import java.time.Duration;

import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.internal.Failures;
import io.greenroom.web.BodyTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Measures how long a request in a slot waits for its body, and gives up the slot when
 * the limit is exceeded. That happens at the limit, although a server that is blocked in
 * a read may notice later. The time that the controller spends between reads does not
 * count.
 */
final class BodyWatch implements IoWatch {

	private final String pool;

	private final Duration limit;

	/** Whether the connection is closed with a late request, as with HTTP/1. */
	private final boolean closes;

	private final Countdown countdown;

	BodyWatch(GreenScheduler scheduler, String pool, Duration limit, boolean closes, Runnable giveUp) {
		this.pool = pool;
		this.limit = limit;
		this.closes = closes;
		this.countdown = new Countdown(scheduler, limit, giveUp);
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
		this.countdown.waits();
	}

	@Override
	public void goesOn() {
		this.countdown.goesOn();
	}

	private @Nullable BodyTimeoutException end() {
		goesOn();
		return late();
	}

	@Override
	public void requireInTime() {
		BodyTimeoutException late = late();
		if (late != null) {
			throw late;
		}
	}

	/** Returns the exception for a request that has lost its slot. */
	@Nullable BodyTimeoutException late() {
		return isExpired() ? new BodyTimeoutException(this.pool, this.limit, this.closes) : null;
	}

	boolean isExpired() {
		return this.countdown.isExpired();
	}

	/**
	 * Called when the slot is returned in time; a thread that still reads is no longer
	 * watched.
	 */
	void stop() {
		this.countdown.stop();
	}

}
