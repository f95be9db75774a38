package io.greenroom.observe;

/** How an accepted call ended. */
public enum CallOutcome {

	/** The body returned. */
	SUCCESS,

	/** The body threw. */
	FAILURE,

	/** Withdrawn before it began: its time was over, or its caller gave up. */
	CANCELLED,

	/** Never began: the handler stopped first. */
	STOPPED

}
