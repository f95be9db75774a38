package io.greenroom.testkit;

/**
 * How often a race is run. A test says how often it is to run where time does not matter;
 * the build runs a quarter of that. The system property {@code greenroom.rounds} is the
 * factor: {@code mvn verify -Plong} sets it to 1.
 */
public final class Rounds {

	private static final double FACTOR = Double.parseDouble(System.getProperty("greenroom.rounds", "0.25"));

	/** What is run less often than this is not scaled. */
	private static final int FEW = 20;

	private Rounds() {
	}

	/** Returns how often to run what is run so often in a long build. */
	public static int of(int rounds) {
		return Math.max(Math.min(rounds, FEW), (int) (rounds * FACTOR));
	}

}
