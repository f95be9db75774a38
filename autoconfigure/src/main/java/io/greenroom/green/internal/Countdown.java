package io.greenroom.green.internal;

import java.util.function.LongSupplier;

import io.greenroom.green.Parking;

/** The remaining time of a limit that several waits share. */
public final class Countdown {

	private final long nanos;

	private final LongSupplier clock;

	private final long start;

	/**
	 * Starts to count, in the time of the current thread: a worker's time on one of its
	 * threads.
	 */
	public Countdown(long nanos) {
		this(nanos, Parking::nanoTime);
	}

	public Countdown(long nanos, LongSupplier clock) {
		this.nanos = nanos;
		this.clock = clock;
		this.start = clock.getAsLong();
	}

	/**
	 * Returns the nanoseconds that are left, zero when the time is over. An infinite
	 * limit stays infinite.
	 */
	public long left() {
		return (this.nanos == Long.MAX_VALUE) ? this.nanos
				: Math.max(0, this.nanos - (this.clock.getAsLong() - this.start));
	}

}
