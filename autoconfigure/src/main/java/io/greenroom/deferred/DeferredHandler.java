package io.greenroom.deferred;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Turns a bean into a handler: its methods run one at a time, in the order of the calls,
 * on a green thread of its own, regardless of the caller. The bean needs no lock. Callers
 * call methods as before: a call waits for its result, and a {@link Oneway} call does
 * not. Inside the bean, calls to {@code this} are ordinary calls.
 * <p>
 * These guarantees hold for calls through the injected bean or a {@link Deferred}. Fields
 * that other objects read directly, and collections that a method returns, are not
 * protected.
 * <p>
 * A handler is an actor behind an ordinary interface. Inspired by the deferred-call
 * library on gevent that Greenroom descends from.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
public @interface DeferredHandler {

	/**
	 * How many calls may wait in the mailbox; 0 takes
	 * {@code greenroom.deferred.capacity}.
	 * @return the number of calls
	 */
	int capacity() default 0;

	/**
	 * What happens to a call when the mailbox is full; empty takes
	 * {@code greenroom.deferred.overflow}.
	 * @return one value, or an empty array for the default
	 */
	Overflow[] overflow() default {};

	/**
	 * The longest time a call waits for its result, such as {@code 200ms} or {@code 5s};
	 * empty takes {@code greenroom.deferred.timeout}.
	 * @return a duration in the form Spring Boot reads
	 */
	String timeout() default "";

	/**
	 * Who lets the calls in.
	 * @return the kind of processing
	 */
	Processing processing() default Processing.OWNER;

	/**
	 * Who runs the bodies.
	 * @return whether a caller may run its own call while the handler is idle
	 */
	Execution execution() default Execution.OWNER;

	/**
	 * What happens to a body when its caller's time is over.
	 * @return whether it is left to finish or interrupted
	 */
	OnTimeout onTimeout() default OnTimeout.FINISH;

	/**
	 * Whether a call that comes back to this handler through others of the same chain of
	 * sync calls runs at once, on the handler's own thread, in the middle of the body
	 * that waits. Otherwise it is rejected with a {@link DeferredDeadlockException}.
	 * @return whether a chain of calls may enter the handler again
	 */
	boolean reentrant() default false;

	/**
	 * When the {@link ProcessingLoop} is restarted after it has thrown; empty takes
	 * {@code greenroom.deferred.restart}.
	 * @return one policy, or an empty array for the default
	 */
	Restart[] restart() default {};

	/**
	 * How many {@link ReadOnly} bodies may run at once; 0 takes
	 * {@code greenroom.deferred.readers}.
	 * @return the number of bodies
	 */
	int readers() default 0;

	/**
	 * How long a body may run, or the loop may let no calls in, before this is reported
	 * with its stack, such as {@code 5s}. {@code 0s} never reports; empty takes
	 * {@code greenroom.deferred.busy-limit}.
	 * @return a duration in the form Spring Boot reads
	 */
	String busyLimit() default "";

	/**
	 * How long the instance of a key stays when it is not called, such as {@code 10m},
	 * for a class whose constructor has a {@code @Key}; empty takes
	 * {@code greenroom.keyed.idle}.
	 * @return a duration in the form Spring Boot reads
	 */
	String idle() default "";

}
