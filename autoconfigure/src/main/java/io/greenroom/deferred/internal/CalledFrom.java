package io.greenroom.deferred.internal;

import java.io.Serial;

/**
 * The caller's side of a failure, attached to what the body threw as a suppressed
 * exception. The trace then shows both where it happened and who called.
 */
final class CalledFrom extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	private CalledFrom(String handler, String method) {
		super("%s.%s was called from thread '%s'".formatted(handler, method, Thread.currentThread().getName()));
	}

	/**
	 * Adds the current stack to a failure, once per throwable, and returns the failure.
	 */
	static Throwable here(Throwable failure, String handler, String method) {
		try {
			attach(failure, handler, method);
		}
		catch (Throwable unattached) {
			// The failure itself is what matters; there may be no stack or memory left.
		}
		return failure;
	}

	private static void attach(Throwable failure, String handler, String method) {
		synchronized (failure) {
			for (Throwable suppressed : failure.getSuppressed()) {
				if (suppressed instanceof CalledFrom) {
					return;
				}
			}
			// Has no effect if the throwable disables suppression.
			failure.addSuppressed(new CalledFrom(handler, method));
		}
	}

}
