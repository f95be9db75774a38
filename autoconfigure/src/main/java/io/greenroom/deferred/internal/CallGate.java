package io.greenroom.deferred.internal;

import java.lang.reflect.Method;
import java.util.List;

/**
 * Says when the calls of a handler may run whose target does something of its own, as a
 * state machine does. An integration gives it to {@link Handler#gatedBy}; users don't
 * need this. Its methods are called often, by the handler's holder and by callers, and
 * must return at once.
 */
public interface CallGate {

	/**
	 * Returns whether a method is called in turn at all. Others pass the mailbox by.
	 * @param method a method of the handler's class
	 * @return whether it goes through the mailbox
	 */
	boolean takes(Method method);

	/**
	 * Returns whether calls may run while nobody {@linkplain Handler#occupy() occupies}
	 * the handler. {@link Handler#gateMoved()} must follow when the answer has become
	 * yes.
	 * @return whether the target does nothing of its own, and is not about to
	 */
	boolean isOpen();

	/**
	 * Returns whether the target is in one of these states.
	 * @param states names of states
	 * @return whether calls that are declared for them may run
	 */
	boolean isIn(List<String> states);

	/**
	 * Returns whether the target's state will never change again.
	 * @return whether it is of no use to wait for another state
	 */
	boolean isOver();

	/**
	 * Says where the target is.
	 * @return the text for messages, such as {@code Flower#1 rests in 'growing'}
	 */
	String where();

	/**
	 * Runs the body of a call on the thread that holds the handler.
	 * @param body what to run, once; throws nothing
	 */
	void run(Runnable body);

	/**
	 * A processing point has run a call, whose caller knows what came of it. Called on
	 * the thread that processes; what this throws, the processing throws.
	 */
	void ran();

}
