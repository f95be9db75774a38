package io.greenroom.test;

import java.io.Serial;
import java.util.List;

import io.greenroom.green.worker.Worker;

/**
 * Attached to a failure to name the seed that has found it, and the order of the steps.
 */
final class FoundWith extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	/** How many steps are shown. */
	private static final int MOST_STEPS = 60;

	FoundWith(long seed, Worker.Strategy strategy, List<String> trace) {
		super("Found with seed %s of strategy %s; -D%s=%s -D%s=%s runs only this one. %s".formatted(seed, strategy,
				Interleavings.SEED_PROPERTY, seed, Interleavings.STRATEGY_PROPERTY, strategy, steps(trace)), null,
				false, false);
	}

	private static String steps(List<String> trace) {
		int from = Math.max(0, trace.size() - MOST_STEPS);
		return ((from > 0) ? "The last " + MOST_STEPS + " of its " + trace.size() + " steps: " : "Its steps: ")
				+ String.join(", ", trace.subList(from, trace.size()));
	}

}
