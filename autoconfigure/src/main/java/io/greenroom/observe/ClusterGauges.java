package io.greenroom.observe;

import java.util.Map;

/** What one node knows of its cluster. Readable at any time, by any thread. */
public interface ClusterGauges {

	/**
	 * Returns how many nodes this node sees, including itself.
	 * @return the number
	 */
	int nodes();

	/**
	 * Returns how many nodes must be present for any of them to work.
	 * @return the quorum
	 */
	int quorum();

	/**
	 * Returns the share of all keys that this node owns.
	 * @return the share, from 0 to 1
	 */
	double share();

	/**
	 * Returns how many calls of this node wait for another node.
	 * @return the number
	 */
	int waiting();

	/**
	 * Returns how many calls of other nodes run here or wait in mailboxes here.
	 * @return the number
	 */
	long serving();

	/**
	 * Returns how often events have happened since the start.
	 * @return the counts by event, from a small closed set of names
	 */
	Map<String, Long> counts();

}
