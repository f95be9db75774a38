package io.greenroom.state;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a method a state of its object. Calling the method moves the object's machine
 * into that state: the method's body then runs on a green thread. Bodies that follow each
 * other without a rest between share one, with its {@link ThreadLocal}s, as tail calls
 * do; it ends when the machine comes to rest.
 * <ul>
 * <li>Called from the running state's own body, the call does not return: the body ends
 * there, its {@code finally} blocks run, and then the next body starts.</li>
 * <li>Called from anywhere else, it returns at once. A body that is still running is
 * interrupted, and the next one starts when it has ended.</li>
 * <li>A move that {@link #transitionsTo()} does not declare is rejected with an
 * {@link IllegalTransitionException}, and nothing has moved.</li>
 * <li>A body that returns leaves the machine at rest in its state, without a thread,
 * until somebody calls the next state; in a state without targets the machine is
 * done.</li>
 * </ul>
 * The method must not be private, final or static, must return nothing, and be the only
 * state of its name; its class must not be final. Overloads without the annotation are
 * ordinary methods: {@code void dead() { dead(false); }} gives a state a default
 * argument.
 * <p>
 * Only objects made as Spring beans of their class, or with
 * {@link StateMachines#create(Class, Object...)}, have a machine; {@code new X()} is an
 * ordinary object, whose states are ordinary methods.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface State {

	/**
	 * Whether this state may start the machine. Where no state of the class is marked,
	 * each may.
	 * @return whether the machine may start here
	 */
	boolean initial() default false;

	/**
	 * Whether this state may also start a machine that has ended by itself, as one does
	 * that returns from a state without targets. One that has failed or was stopped may
	 * be started by any {@link #initial()} state. Where no state of the class is marked
	 * initial, each may start it in any case.
	 * @return whether an ended machine may start again here; only an initial state may
	 * say so
	 */
	boolean restart() default false;

	/**
	 * Names the states that may follow, this one too where it may start anew. A state
	 * without any ends the machine.
	 * @return the names of state methods
	 */
	String[] transitionsTo() default {};

	/**
	 * Names a method of the class that is called before the machine enters this state,
	 * with a {@link StateHandle} and, if it takes {@code Object...} too, the arguments of
	 * the call. It runs on the thread that asks for the move, after the check and before
	 * the old body is left. What it throws goes to the thread that asked, and nothing has
	 * moved. It must not move the machine itself.
	 * @return the name of a method, empty for none
	 */
	String onStart() default "";

	/**
	 * Limits how long the machine stays in this state, at work or at rest:
	 * {@code "200ms"}, {@code "30s"}, {@code "5m"}, {@code "2h"}, {@code "7d"}, or
	 * ISO-8601 as {@code "PT30S"}.
	 * @return the limit, empty for none
	 */
	String timeout() default "";

	/**
	 * Names the state to move to when the {@link #timeout()} is over. It must be declared
	 * in {@link #transitionsTo()} and take no arguments.
	 * @return the name of a state, empty where there is no timeout
	 */
	String onTimeout() default "";

	/**
	 * Names the state to move to when the body of this one, or something round it such as
	 * a commit, throws: the machine does not fail then. It must be declared in
	 * {@link #transitionsTo()}, be another state, and take one argument that any
	 * throwable fits: {@code void failed(Throwable cause)}. It is entered as if the body
	 * had called it last, {@link #onStart()} included; what that throws lets the machine
	 * fail after all, with what the body threw.
	 * @return the name of a state, empty where such a machine fails
	 */
	String onError() default "";

}
