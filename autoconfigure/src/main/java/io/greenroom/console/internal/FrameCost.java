package io.greenroom.console.internal;

import java.time.Duration;
import java.util.Arrays;

/**
 * Limits the creation of frames to 1&nbsp;% of one processor by determining the pause
 * after each frame. The cheapest of the most recent frames is used as the measure,
 * because class loading and garbage collection can make a single frame expensive.
 * Confined to a thread.
 */
final class FrameCost {

	private static final int SHARE = 100;

	/** The maximum pause. Older frames would be out of date. */
	private static final Duration LONGEST = Duration.ofSeconds(30);

	private final long[] last = new long[5];

	private int next;

	/**
	 * Returns the pause after a frame.
	 * @param cpu the processor time that the frame has taken
	 * @param interval the minimum pause
	 * @return the pause
	 */
	Duration pause(Duration cpu, Duration interval) {
		this.last[this.next] = cpu.toNanos();
		this.next = (this.next + 1) % this.last.length;
		Duration wanted = Duration.ofNanos(Arrays.stream(this.last).min().orElse(0)).multipliedBy(SHARE - 1);
		Duration bounded = (wanted.compareTo(LONGEST) < 0) ? wanted : LONGEST;
		return (bounded.compareTo(interval) > 0) ? bounded : interval;
	}

}
