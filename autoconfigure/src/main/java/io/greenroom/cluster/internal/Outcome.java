package io.greenroom.cluster.internal;

import io.greenroom.wire.Answer;

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

	/** The caller's time is over. The text says where the call is. */
	record TimedOut(String found) implements Outcome {

	}

}
