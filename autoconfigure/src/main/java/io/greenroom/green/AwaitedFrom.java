package io.greenroom.green;

import java.io.Serial;

import io.greenroom.observe.internal.Failures;

/**
 * The waiting side of a failure, attached to it as a suppressed exception: its trace then
 * shows where it happened and, level by level, who had waited for that.
 */
final class AwaitedFrom extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * A failure that many wait for, such as that of a future kept for ever, must not grow
	 * for ever.
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
				// Does nothing where the throwable forbids it.
				Failures.suppress(failure, new AwaitedFrom());
			}
		}
		return failure;
	}

}
