package io.greenroom.state;

import java.io.Serial;

import io.greenroom.observe.internal.Failures;

/**
 * The requesting side of a failure, attached to what the body threw as a suppressed
 * exception. The trace then shows both where the failure happened and who requested the
 * move and waited.
 */
final class AskedFrom extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	/** An instance that is thrown repeatedly must not grow without bound. */
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
			// The failure itself is what matters; there may be no stack or memory left.
		}
		return failure;
	}

}
