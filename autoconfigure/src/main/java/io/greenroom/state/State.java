package io.greenroom.state;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Turns a method into a state of its object. Calling the method moves the object's
 * machine into that state, and the method's body then runs on a green thread. Bodies that
 * follow each other without a rest share one thread, with its {@link ThreadLocal}s, like
 * tail calls. The thread ends when the machine comes to rest.
 * <ul>
 * <li>Called from the running state's own body, the call does not return: the body ends
 * there, its {@code finally} blocks run, and then the next body starts.</li>
 * <li>Called from anywhere else, it returns at once. A body that is still running is
 * interrupted, and the next one starts when it has ended.</li>
 * <li>A move that {@link #transitionsTo()} does not declare is rejected with an
 * {@link IllegalTransitionException}, and the machine does not move.</li>
 * <li>A body that returns leaves the machine at rest in its state, without a thread,
 * until the next state is called. In a state without targets, the machine is done.</li>
 * </ul>
 * The method must not be private, final or static, must return {@code void}, and must be
 * the only state of its name. Its class must not be final. Overloads without the
 * annotation are ordinary methods: {@code void dead() { dead(false); }} gives a state a
 * default argument.
 * <p>
 * Only objects that are created as Spring beans of their class, or with
 * {@link StateMachines#create(Class, Object...)}, have a machine. {@code new X()} is an
 * ordinary object, whose states are ordinary methods.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface State {

	/**
	 * Whether this state may start the machine. If no state of the class is marked, each
	 * may.
	 * @return whether the machine may start here
	 */
	boolean initial() default false;

	/**
	 * Whether this state may also start a machine that has ended by itself, by returning
	 * from a state without targets. A machine that has failed or was stopped may be
	 * started by any {@link #initial()} state. If no state of the class is marked
	 * initial, each may start it in any case.
	 * @return whether an ended machine may start again here; allowed on an initial state
	 * only
	 */
	boolean restart() default false;

	/**
	 * The states that may follow, including this one if it may start again. A state
	 * without any ends the machine.
	 * @return the names of state methods
	 */
	String[] transitionsTo() default {};

	/**
	 * The name of a method of the class that is called before the machine enters this
	 * state, with a {@link StateHandle} and, if it also takes {@code Object...}, the
	 * arguments of the call. It runs on the thread that requests the move, after the
	 * check and before the old body is left. If it throws, the exception goes to that
	 * thread, and the machine does not move. It must not move the machine itself.
	 * @return the name of a method; empty for none
	 */
	String onStart() default "";

	/**
	 * The longest time the machine stays in this state, running or at rest:
	 * {@code "200ms"}, {@code "30s"}, {@code "5m"}, {@code "2h"}, {@code "7d"}, or
	 * ISO-8601 as {@code "PT30S"}.
	 * @return the limit; empty for none
	 */
	String timeout() default "";

	/**
	 * The state to move to when the {@link #timeout()} is over. It must be declared in
	 * {@link #transitionsTo()} and take no arguments.
	 * @return the name of a state; empty if there is no timeout
	 */
	String onTimeout() default "";

	/**
	 * The state to move to if the body of this state, or something around it such as a
	 * commit, throws. The machine does not fail then. The state must be declared in
	 * {@link #transitionsTo()}, be a different one, and take one argument that accepts
	 * any throwable: {@code void failed(Throwable cause)}. It is entered as if the body
	 * had called it last, including {@link #onStart()}; if that throws, the machine fails
	 * after all, with what the body threw.
	 * @return the name of a state; empty to let the machine fail
	 */
	String onError() default "";

}
