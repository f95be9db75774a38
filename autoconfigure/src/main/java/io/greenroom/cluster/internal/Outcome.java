package io.greenroom.cluster.internal;

import io.greenroom.wire.Answer;
import org.jspecify.annotations.Nullable;

/** What came of a call that was to find its node. */
sealed interface Outcome {

	/** A node has answered; never that the call is elsewhere. */
	record Answered(Answer answer) implements Outcome {

	}

	/** The node that had the call is gone, and the call may have been made. */
	record OwnerLost(String node) implements Outcome {

	}

	/** Too few nodes were there for all of the caller's time; nothing was made. */
	record NoQuorum(String found) implements Outcome {

	}

	/** The caller's time is over; the node has the call, or nobody does. */
	record TimedOut(@Nullable String node) implements Outcome {

	}

}
