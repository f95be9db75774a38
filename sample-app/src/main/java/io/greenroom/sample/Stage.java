package io.greenroom.sample;

/** Where performances are played. */
@FunctionalInterface
interface Stage {

	/**
	 * Plays a show. Blocks the green thread of the performance, and nobody else; an
	 * interrupt lets the curtain fall early.
	 * @param show the show
	 * @return whether it was played to its end
	 */
	boolean play(String show);

}
