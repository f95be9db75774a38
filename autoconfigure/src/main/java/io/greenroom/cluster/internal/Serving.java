package io.greenroom.cluster.internal;

import java.time.Duration;

import io.greenroom.wire.Answer;
import io.greenroom.wire.Envelope;

/**
 * A handler by key whose calls may come from other nodes. Must be safe for use by many
 * threads, and return at once.
 */
public interface Serving {

	/**
	 * Returns why a call is none of this handler's: there is no such method, or no such
	 * key. Makes nothing.
	 * @param call the call
	 * @return what was asked and what was found; {@code null} if the call may be made
	 */
	@org.jspecify.annotations.Nullable
	String problem(Envelope call);

	/**
	 * Has a call made here. Calls of one key are queued in the order in which they come.
	 * @param call the call
	 * @param remaining how long its caller still waits
	 * @param reply gets what comes of it, once
	 */
	void serve(Envelope call, Duration remaining, Reply reply);

	/** This node and others were apart: what is in memory may be old. */
	void dropAll();

	/** Keys may have got other owners: ends what is not owned here and idle. */
	void release();

	/** What came of a call that was served. */
	interface Reply {

		/**
		 * The body is about to begin.
		 * @return whether it may: {@code false} if this node does not have the key any
		 * more, and the answer is {@linkplain Answer.Kind#MOVED moved}
		 */
		boolean mayBegin();

		/**
		 * The call has come to an end.
		 * @param answer what came of it
		 */
		void answered(Answer answer);

	}

}
