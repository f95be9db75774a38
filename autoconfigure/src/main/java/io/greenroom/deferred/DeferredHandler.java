package io.greenroom.deferred;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a bean a handler: its methods run one at a time, in the order of the calls, on a
 * green thread of its own, regardless of the caller. The bean needs no lock. Callers go
 * on calling methods: a call waits for its result, a {@link Oneway} call does not. Inside
 * the bean, calls to {@code this} are ordinary calls.
 * <p>
 * What is promised holds for calls through the injected bean or a {@link Deferred}.
 * Fields that others read directly, and collections that a method hands out, are not
 * protected.
 * <p>
 * The idea is that of an actor behind an ordinary interface, as in the deferred-call
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
	 * What happens to a call when the mailbox is full; nothing given takes
	 * {@code greenroom.deferred.overflow}.
	 * @return one value, or none for the default
	 */
	Overflow[] overflow() default {};

	/**
	 * How long a call waits for its result at most, such as {@code 200ms} or {@code 5s};
	 * empty takes {@code greenroom.deferred.timeout}.
	 * @return a duration in the form Spring Boot reads
	 */
	String timeout() default "";

	/**
	 * Who lets the calls in.
	 * @return the way of processing
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
	 * @return whether bodies may be entered again by their own chain
	 */
	boolean reentrant() default false;

	/**
	 * When the {@link ProcessingLoop} is started again after it has thrown; nothing given
	 * takes {@code greenroom.deferred.restart}.
	 * @return one policy, or none for the default
	 */
	Restart[] restart() default {};

	/**
	 * How many {@link ReadOnly} bodies may run at once; 0 takes
	 * {@code greenroom.deferred.readers}.
	 * @return the number of bodies
	 */
	int readers() default 0;

	/**
	 * How long a body may run, or the loop let nothing in, before that is reported with
	 * its stack, such as {@code 5s}; {@code 0s} never reports, empty takes
	 * {@code greenroom.deferred.busy-limit}.
	 * @return a duration in the form Spring Boot reads
	 */
	String busyLimit() default "";

	/**
	 * How long the instance of a key stays that is not called, such as {@code 10m}, in a
	 * class whose constructor has a {@code @Key}; empty takes
	 * {@code greenroom.keyed.idle}.
	 * @return a duration in the form Spring Boot reads
	 */
	String idle() default "";

}
