package io.greenroom.web.internal;

/**
 * Determines a pool's size from the latency of its requests. Safe for use by many
 * threads.
 */
public interface SizeLimit {

	/** Keeps the configured size. */
	SizeLimit FIXED = new SizeLimit() {

		@Override
		public int size() {
			return 0;
		}

		@Override
		public void sample(long start, long nanos, int active, boolean timedOut) {
			// nothing to learn
		}

	};

	/**
	 * Returns the current size.
	 * @return the number of slots, or zero for no change
	 */
	int size();

	/**
	 * Records a request.
	 * @param start when it got its slot, in nanoseconds of any clock
	 * @param nanos how long it held the slot, in nanoseconds of that clock
	 * @param active how many requests were in a slot when it got its slot
	 * @param timedOut whether it ran into a timeout
	 */
	void sample(long start, long nanos, int active, boolean timedOut);

}
