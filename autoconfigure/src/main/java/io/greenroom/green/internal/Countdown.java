package io.greenroom.green.internal;

import java.util.function.LongSupplier;

import io.greenroom.green.Parking;

/** What is left of a limit that several waits share. */
public final class Countdown {

	private final long nanos;

	private final LongSupplier clock;

	private final long start;

	/** Counts in the time of the waiting thread: a worker's on one of its threads. */
	public Countdown(long nanos) {
		this(nanos, Parking::nanoTime);
	}

	public Countdown(long nanos, LongSupplier clock) {
		this.nanos = nanos;
		this.clock = clock;
		this.start = clock.getAsLong();
	}

	/** Returns what is left, zero when it is over; a limit without end stays so. */
	public long left() {
		return (this.nanos == Long.MAX_VALUE) ? this.nanos
				: Math.max(0, this.nanos - (this.clock.getAsLong() - this.start));
	}

}
