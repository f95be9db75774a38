package io.greenroom.observe;

/** The live numbers of one scheduler. */
public interface ThreadGauges {

	/**
	 * Returns how many green threads are alive.
	 * @return the number of started threads that have not ended
	 */
	int live();

}
