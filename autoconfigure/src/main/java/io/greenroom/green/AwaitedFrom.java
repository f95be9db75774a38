package io.greenroom.green;

import java.io.Serial;

import io.greenroom.observe.internal.Failures;

/**
 * The waiting side of a failure, attached to it as a suppressed exception. The trace then
 * shows where the failure happened and, level by level, who waited for it.
 */
final class AwaitedFrom extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * A failure that many threads wait for, such as that of a future that is kept
	 * forever, must not grow without bound.
	 */
	private static final int MOST = 16;

	private AwaitedFrom() {
		super("Awaited by thread '" + Thread.currentThread().getName() + "'");
	}

	/** Adds the current stack to a failure and returns the failure. */
	static Throwable here(Throwable failure) {
		synchronized (failure) {
			int levels = 0;
			for (Throwable suppressed : failure.getSuppressed()) {
				levels += (suppressed instanceof AwaitedFrom) ? 1 : 0;
			}
			if (levels < MOST) {
				// Has no effect if the throwable disables suppression.
				Failures.suppress(failure, new AwaitedFrom());
			}
		}
		return failure;
	}

}
