package io.greenroom.observe;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * A problem that persists. It is reported once, and again only after it was over.
 *
 * @param kind the kind of problem
 * @param handler the name of the handler; {@code null} if it concerns no handler
 * @param message a description, as a sentence without a full stop
 * @param since the observed duration
 * @param thread the name of the thread that causes it; {@code null} if that is unknown
 * @param stack the stack of that thread, innermost frame first; empty if there is no
 * thread
 */
public record ProblemReport(Kind kind, @Nullable String handler, String message, Duration since,
		@Nullable String thread, List<StackTraceElement> stack) {

	/** Copies the list. */
	public ProblemReport {
		Objects.requireNonNull(kind, "kind");
		Objects.requireNonNull(message, "message");
		Objects.requireNonNull(since, "since");
		stack = List.copyOf(stack);
	}

	/** The kinds of problems. */
	public enum Kind {

		/** A body has run, or a loop has let no call in, for longer than its limit. */
		BUSY,

		/** The oldest call of a handler has waited for longer than its limit. */
		OVERDUE,

		/** A virtual thread has kept its carrier while it waited, beyond the limit. */
		PINNED,

		/** No virtual thread could start within the limit: all carriers are held. */
		STARVED

	}

}
