package io.greenroom.green.internal;

/**
 * What a thread parks on that has nothing to do until others give it work. Such a wait
 * needs no end, so a worker does not report it.
 */
public interface Idle {

	/** What a thread parks on between two rounds that it repeats. */
	interface BetweenRounds extends Idle {

	}

}
