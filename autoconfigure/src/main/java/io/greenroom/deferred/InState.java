package io.greenroom.deferred;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Restricts calls of a method to certain states, in a {@link DeferredHandler} that is
 * also a state machine. The calls run only while the machine is in one of the named
 * states, at rest or at a processing point of the state's body. A call whose turn comes
 * while the machine is in another state waits in the mailbox, where later calls overtake
 * it, or is rejected with a {@link WrongStateException}, depending on
 * {@link #otherwise()}.
 * <p>
 * A waiting call keeps its time limit. It is also rejected when the machine has ended, so
 * that no other state can come, and when the handler shuts down. A call from a body of
 * the same handler is rejected, because it would wait for itself. A call that has begun
 * is finished, even if the machine is moved meanwhile; the next state's body begins after
 * it.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface InState {

	/**
	 * The states in which calls run.
	 * @return names of the bean's states, at least one
	 */
	String[] value();

	/**
	 * What happens to a call whose turn comes while the machine is in another state.
	 * @return whether it waits or is rejected
	 */
	Otherwise otherwise() default Otherwise.WAIT;

	/** What happens to a call in the wrong state. */
	enum Otherwise {

		/** It waits in the mailbox until the machine is in one of the states. */
		WAIT,

		/** It is rejected with a {@link WrongStateException}. */
		REJECT

	}

}
