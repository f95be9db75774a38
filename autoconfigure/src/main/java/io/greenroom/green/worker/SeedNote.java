package io.greenroom.green.worker;

import java.io.Serial;

/**
 * How to replay a failure, attached to it as a suppressed exception, so that a printed
 * failure includes the seed.
 */
final class SeedNote extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	private SeedNote(String worker, String routine, long seed, String strategy) {
		super("Routine '%s' of worker '%s' failed with seed %s; Worker.builder().seed(%sL).strategy(Worker.Strategy.%s) replays it"
			.formatted(routine, worker, seed, seed, strategy), null, false, false);
	}

	static void addTo(Throwable failure, String worker, String routine, long seed, String strategy) {
		failure.addSuppressed(new SeedNote(worker, routine, seed, strategy));
	}

}
