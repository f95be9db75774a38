package io.greenroom.testkit;

/**
 * How often a race is run. The build runs what a test says; the system property
 * {@code greenroom.rounds} is a factor, which {@code mvn verify -Pquick} sets to a
 * quarter.
 */
public final class Rounds {

	private static final double FACTOR = Double.parseDouble(System.getProperty("greenroom.rounds", "1"));

	/** What is run less often than this is not scaled. */
	private static final int FEW = 20;

	private Rounds() {
	}

	/** Returns how often to run what the build runs so often. */
	public static int of(int rounds) {
		return Math.max(Math.min(rounds, FEW), (int) (rounds * FACTOR));
	}

}
