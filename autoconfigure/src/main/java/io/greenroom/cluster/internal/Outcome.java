package io.greenroom.cluster.internal;

import io.greenroom.wire.Answer;
import org.jspecify.annotations.Nullable;

/** The outcome of a call to whichever node owns its key. */
sealed interface Outcome {

	/** A node has answered, and not with {@link Answer.Kind#MOVED}. */
	record Answered(Answer answer) implements Outcome {

	}

	/** The node that had the call is gone; the body may have run. */
	record OwnerLost(String node) implements Outcome {

	}

	/** There was no quorum for all of the caller's time; no body ran. */
	record NoQuorum(String found) implements Outcome {

	}

	/**
	 * The caller's time is over. The given node has the call; {@code null} if none has.
	 */
	record TimedOut(@Nullable String node) implements Outcome {

	}

}
