package io.greenroom.web.internal;

/** Finds a pool's size from what its requests take. Safe for use by many threads. */
public interface SizeLimit {

	/** Leaves the size as it is configured. */
	SizeLimit FIXED = new SizeLimit() {

		@Override
		public int size() {
			return 0;
		}

		@Override
		public void sample(long start, long nanos, int active, boolean timedOut) {
			// nothing to find
		}

	};

	/**
	 * Returns the size to be used from now on.
	 * @return the number of slots, zero for no change
	 */
	int size();

	/**
	 * Takes in what one request took.
	 * @param start when it got its slot, in nanoseconds of any clock
	 * @param nanos how long it held the slot, in nanoseconds of that clock
	 * @param active how many were at work when it came
	 * @param timedOut whether it ran into a timeout
	 */
	void sample(long start, long nanos, int active, boolean timedOut);

}
