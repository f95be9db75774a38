package io.greenroom.test;

import java.io.Serial;

/** Attached to a failure to name the seed that has found it. */
final class FoundWith extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	FoundWith(long seed) {
		super("Found with seed " + seed + "; -D" + Interleavings.SEED_PROPERTY + "=" + seed + " runs only this one",
				null, false, false);
	}

}
