package io.greenroom.deferred;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Calls of this {@code void} method of a {@link DeferredHandler} return as soon as they
 * are in the mailbox. The body runs in its turn; what it throws is logged once and
 * counted, and the caller does not hear of it.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Oneway {

	/**
	 * When a call is submitted that is made in a transaction. With
	 * {@link OnewayPhase#AFTER_COMMIT} its room in the mailbox is taken at the call,
	 * which waits for it or is rejected as always, and keeps its place free until the
	 * transaction ends; so a committed caller never hears of a full mailbox. Without a
	 * transaction it is submitted at once.
	 * @return the moment
	 */
	OnewayPhase phase() default OnewayPhase.AT_ONCE;

	/**
	 * Whether calls are kept in the application's database until their body has returned:
	 * they outlive the JVM, are delivered in order for each handler and key, and tried
	 * again where the body throws. A call made in a transaction is stored in it, and
	 * delivered when that commits; the phase is of no account then. Needs what durable
	 * handlers need: a data source, spring-jdbc and Jackson.
	 * @return whether a call is delivered whatever dies
	 */
	boolean durable() default false;

}
