package io.greenroom.cluster.internal;

import java.time.Duration;

import io.greenroom.wire.Answer;
import io.greenroom.wire.Envelope;

/**
 * A handler by key that other nodes may call. Implementations must be safe for use by
 * multiple threads and must not block.
 */
public interface Serving {

	/**
	 * Returns why a call can't be made: the method or the key is not known. Has no side
	 * effect.
	 * @param call the call
	 * @return what was asked and what was found; {@code null} if the call can be made
	 */
	@org.jspecify.annotations.Nullable
	String problem(Envelope call);

	/**
	 * Makes a call. Calls of one key are queued in the order in which they arrive.
	 * @param call the call
	 * @param remaining how long its caller still waits
	 * @param reply accepts the answer, once
	 */
	void serve(Envelope call, Duration remaining, Reply reply);

	/**
	 * Drops all instances: this node was separated from others, and they may be stale.
	 */
	void dropAll();

	/** Ends idle instances whose keys have another owner now. */
	void release();

	/** Takes the answer to a call. */
	interface Reply {

		/**
		 * Asks whether the body may begin.
		 * @return {@code false} if this node does not own the key any more; the answer is
		 * then {@linkplain Answer.Kind#MOVED moved}
		 */
		boolean mayBegin();

		/**
		 * Ends the call.
		 * @param answer the answer
		 */
		void answered(Answer answer);

	}

}
