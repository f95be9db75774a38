package io.greenroom.cluster.internal;

import java.time.Duration;

/**
 * How the nodes deal with each other.
 *
 * @param quorum how many nodes must be there for any to work
 * @param pause how long a call waits before it asks again who has its key; it waits
 * longer each time, up to ten times as long
 * @param resend how long an answer may stay away before the call is sent to the same node
 * once more
 * @param keep how long an answer is kept beyond its caller's time
 * @param longest how many bytes a message has at most
 */
public record ClusterOptions(int quorum, Duration pause, Duration resend, Duration keep, int longest) {

	/**
	 * Checks the values.
	 * @throws IllegalArgumentException if one is not positive
	 */
	public ClusterOptions {
		if (quorum < 1) {
			throw new IllegalArgumentException("The quorum is " + quorum + "; give 1 or more");
		}
		if (!pause.isPositive() || !resend.isPositive() || !keep.isPositive()) {
			throw new IllegalArgumentException(
					"The times are %s, %s and %s; give positive durations".formatted(pause, resend, keep));
		}
		if (longest < 1024) {
			throw new IllegalArgumentException("A message has at most " + longest + " bytes; give 1024 or more");
		}
	}

	/**
	 * Returns the defaults for a quorum.
	 * @param quorum how many nodes must be there for any to work
	 * @return the options
	 */
	public static ClusterOptions of(int quorum) {
		return new ClusterOptions(quorum, Duration.ofMillis(5), Duration.ofSeconds(1), Duration.ofSeconds(30),
				16 * 1024 * 1024);
	}

}
