package io.greenroom.observe;

/** The live numbers of one handler by key. Each read is a snapshot and takes no lock. */
public interface KeyedGauges {

	/**
	 * Returns how many keys have an instance.
	 * @return the number of instances
	 */
	int active();

}
