package io.greenroom.observe;

import java.util.Map;

/** What one node knows of the cluster it is in, readable at any time. */
public interface ClusterGauges {

	/**
	 * Returns how many nodes this one sees, with itself.
	 * @return the number
	 */
	int nodes();

	/**
	 * Returns how many nodes must be there for any to work.
	 * @return the quorum
	 */
	int quorum();

	/**
	 * Returns how much of all keys this node owns.
	 * @return the share, from 0 to 1
	 */
	double share();

	/**
	 * Returns how many calls of this node wait for another one.
	 * @return the number
	 */
	int waiting();

	/**
	 * Returns how many calls of other nodes run here, or wait in mailboxes.
	 * @return the number
	 */
	long serving();

	/**
	 * Returns what has happened since the start, from a small closed set of words.
	 * @return how often, by what
	 */
	Map<String, Long> counts();

}
