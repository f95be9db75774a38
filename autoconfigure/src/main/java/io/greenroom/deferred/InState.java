package io.greenroom.deferred;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Calls of this method of a {@link DeferredHandler} that is a state machine too run only
 * while the machine is in one of the states named, at rest or at a processing point of
 * the state's body. A call whose turn comes while the machine is elsewhere waits in the
 * mailbox, where later calls overtake it, or is rejected with a
 * {@link WrongStateException}, as {@link #otherwise()} says.
 * <p>
 * A call that waits keeps its time limit. It is rejected too when no state can come any
 * more, because the machine has ended, and when the handler shuts down. A call from a
 * body of the same handler can't wait, since it would wait for itself: it is rejected. A
 * call that has begun is finished, also when somebody moves the machine meanwhile; the
 * next state's body begins after it.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface InState {

	/**
	 * Names the states in which calls run.
	 * @return names of the bean's states, at least one
	 */
	String[] value();

	/**
	 * What becomes of a call whose turn comes while the machine is elsewhere.
	 * @return whether it waits or is rejected
	 */
	Otherwise otherwise() default Otherwise.WAIT;

	/** What becomes of a call in the wrong state. */
	enum Otherwise {

		/** It waits in the mailbox until the machine is in one of the states. */
		WAIT,

		/** It is rejected with a {@link WrongStateException}. */
		REJECT

	}

}
