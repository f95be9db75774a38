package io.greenroom.state;

import java.io.Serial;

import io.greenroom.observe.internal.Failures;

/**
 * Ends a body that makes way for another: thrown by the call that moved, and swallowed
 * where the body was entered. An {@link Error}, so that {@code catch (Exception ex)} does
 * not catch it; without a stack trace, because it is control flow.
 */
final class Unwinding extends Error {

	@Serial
	private static final long serialVersionUID = 1L;

	private final String machine;

	private final String state;

	Unwinding(String machine, String state) {
		super(null, null, true, false);
		this.machine = machine;
		this.state = state;
	}

	/** Built on demand, because most are never read. */
	@Override
	public String getMessage() {
		return "%s leaves '%s'; let this pass".formatted(this.machine, this.state);
	}

	/** Returns whether a throwable is this one, or wraps it. */
	boolean isBehind(Throwable thrown) {
		return thrown == this || isWrapped(thrown);
	}

	private boolean isWrapped(Throwable thrown) {
		for (Throwable link : Failures.causes(thrown)) {
			if (link == this) {
				return true;
			}
		}
		return false;
	}

}
