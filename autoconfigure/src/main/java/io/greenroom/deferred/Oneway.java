package io.greenroom.deferred;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Calls of this {@code void} method of a {@link DeferredHandler} return as soon as they
 * are in the mailbox. The body runs in its turn. What it throws is logged once and
 * counted, and does not reach the caller.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Oneway {

	/**
	 * When a call that is made in a transaction is submitted. With
	 * {@link OnewayPhase#AFTER_COMMIT}, the call reserves its room in the mailbox when it
	 * is made, so a committed transaction never finds the mailbox full. The call waits
	 * for room or is rejected as usual, and keeps its room until the transaction ends.
	 * Without a transaction, it is submitted at once.
	 * @return the phase
	 */
	OnewayPhase phase() default OnewayPhase.AT_ONCE;

	/**
	 * Whether calls are stored in the application's database until their body has
	 * returned. They then survive the JVM, are delivered in order for each handler and
	 * key, and are retried if the body throws. A call made in a transaction is stored in
	 * that transaction and delivered when it commits; the phase is ignored. Requires what
	 * durable handlers require: a data source, spring-jdbc and Jackson.
	 * @return whether calls are stored
	 */
	boolean durable() default false;

}
