package io.greenroom.deferred.internal;

import java.lang.reflect.Method;
import java.util.List;

/**
 * Decides when calls may run on a handler whose target has activity of its own, such as a
 * state machine. An integration passes it to {@link Handler#gatedBy}; for internal use
 * only. Its methods are called often, by the handler's holder and by callers, and must
 * return at once.
 */
public interface CallGate {

	/**
	 * Returns whether calls of a method take turns. Other methods bypass the mailbox.
	 * @param method a method of the handler's class
	 * @return whether it goes through the mailbox
	 */
	boolean takes(Method method);

	/**
	 * Returns whether calls may run while nobody {@linkplain Handler#occupy() occupies}
	 * the handler. {@link Handler#gateMoved()} must follow when the answer has become
	 * {@code true}.
	 * @return whether the target has no activity of its own, and is not about to start
	 * any
	 */
	boolean isOpen();

	/**
	 * Returns whether the target is in one of these states.
	 * @param states names of states
	 * @return whether calls declared for these states may run
	 */
	boolean isIn(List<String> states);

	/**
	 * Returns whether the target's state will never change again.
	 * @return whether waiting for another state is useless
	 */
	boolean isOver();

	/**
	 * Describes where the target is.
	 * @return the text for messages, such as {@code Flower#1 rests in 'growing'}
	 */
	String where();

	/**
	 * Runs the body of a call on the thread that holds the handler.
	 * @param body the body, to be run once; throws nothing
	 */
	void run(Runnable body);

	/**
	 * Called when a processing point has run a call and its caller knows the outcome.
	 * Runs on the thread that processes; the processing throws what this method throws.
	 */
	void ran();

}
