package io.greenroom.green;

/** What is left of a limit that several waits share. */
final class Countdown {

	private final long nanos;

	private final long start;

	Countdown(long nanos) {
		this.nanos = nanos;
		this.start = System.nanoTime();
	}

	/** Returns what is left, zero when it is over; a limit without end stays so. */
	long left() {
		return (this.nanos == Long.MAX_VALUE) ? this.nanos : Math.max(0, this.nanos - (System.nanoTime() - this.start));
	}

}
