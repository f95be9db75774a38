package io.greenroom.state;

import java.io.Serial;

import io.greenroom.observe.internal.Failures;

/**
 * The asking side of a failure, attached to what the body threw as a suppressed
 * exception, so that its trace shows both: where it happened and who had asked for the
 * move and waited.
 */
final class AskedFrom extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	/** One instance that is thrown again and again must not grow for ever. */
	private static final int MOST = 16;

	private AskedFrom(String machine) {
		super("%s was asked to move by thread '%s'".formatted(machine, Thread.currentThread().getName()));
	}

	/** Adds the current stack to a failure and returns the failure. */
	static Throwable here(Throwable failure, String machine) {
		try {
			// Final in the JDK.
			if (failure.getSuppressed().length < MOST) {
				Failures.suppress(failure, new AskedFrom(machine));
			}
		}
		catch (Throwable unattached) {
			// The failure itself is what matters; no stack or no memory may be left.
		}
		return failure;
	}

}
