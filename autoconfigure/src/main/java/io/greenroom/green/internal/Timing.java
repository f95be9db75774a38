package io.greenroom.green.internal;

/**
 * Why a timer is set. The JDK's time passes in any case; a worker's time passes by itself
 * for some of these only.
 */
public enum Timing {

	/** Something goes on at that time, as after a sleep or a delayed start. */
	SLEEP,

	/** The next round of something that is repeated without end. */
	ROUND,

	/** Something is given up at that time, unless it comes before. */
	LIMIT,

	/** Something is looked at again, which nobody waits for. */
	LOOK

}
