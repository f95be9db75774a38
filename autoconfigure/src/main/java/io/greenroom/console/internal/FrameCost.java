package io.greenroom.console.internal;

import java.time.Duration;
import java.util.Arrays;

/**
 * Holds the making of frames to 1&nbsp;% of one processor: says how long to pause after
 * one. Of the last frames the cheapest counts, since code that was loaded just now and a
 * collection in between say nothing of the next. Confined to a thread.
 */
final class FrameCost {

	private static final int SHARE = 100;

	/** What is older than this is no news. */
	private static final Duration LONGEST = Duration.ofSeconds(30);

	private final long[] last = new long[5];

	private int next;

	/**
	 * Returns how long to pause.
	 * @param cpu processor time that the frame has taken
	 * @param interval the least pause
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
