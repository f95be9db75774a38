package io.greenroom.observe;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Something that is wrong and goes on. It is reported once, and again only after it was
 * over.
 *
 * @param kind what kind of thing
 * @param handler the name of the handler; {@code null} if it is of none
 * @param message what is wrong, in a sentence without a full stop
 * @param since for how long, as far as was seen
 * @param thread the name of the thread that is to blame; {@code null} if nobody knows one
 * @param stack where that thread is or was, innermost frame first; empty without one
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

	/** What may be reported. */
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
