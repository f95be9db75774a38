package io.greenroom.observe;

/** The live numbers of one pool. */
public interface PoolGauges {

	/**
	 * Returns the limit.
	 * @return how many may be at work at once
	 */
	int size();

	/**
	 * Returns the number at work.
	 * @return how many slots are taken
	 */
	int active();

	/**
	 * Returns the length of the line.
	 * @return how many wait for a slot
	 */
	int queued();

}
