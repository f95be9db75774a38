package io.greenroom.cluster.internal;

import java.time.Duration;

/**
 * Options of the protocol.
 *
 * @param quorum the number of nodes that must see each other for any of them to work
 * @param pause how long a call waits before it looks for the owner of its key again; the
 * wait grows up to ten times that
 * @param resend how long to wait for an answer before the call is sent to the same node
 * again
 * @param keep how long an answer is kept after its caller's time is over
 * @param longest the maximum size of a message in bytes
 */
public record ClusterOptions(int quorum, Duration pause, Duration resend, Duration keep, int longest) {

	/**
	 * Checks the values.
	 * @throws IllegalArgumentException if a value is too small
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
			throw new IllegalArgumentException("The limit of a message is " + longest + " bytes; give 1024 or more");
		}
	}

	/**
	 * Returns the default options.
	 * @param quorum the number of nodes that must see each other
	 * @return the options
	 */
	public static ClusterOptions of(int quorum) {
		return new ClusterOptions(quorum, Duration.ofMillis(5), Duration.ofSeconds(1), Duration.ofSeconds(30),
				16 * 1024 * 1024);
	}

}
