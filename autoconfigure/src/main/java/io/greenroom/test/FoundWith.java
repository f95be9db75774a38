package io.greenroom.test;

import java.io.Serial;

/** Says, attached to a failure, which seed has found it. */
final class FoundWith extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	FoundWith(long seed) {
		super("Found with seed " + seed + "; -D" + Interleavings.SEED_PROPERTY + "=" + seed + " runs only this one",
				null, false, false);
	}

}
