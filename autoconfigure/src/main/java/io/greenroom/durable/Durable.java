package io.greenroom.durable;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Keeps each instance of a handler by key in one row of the application's database: its
 * {@link Stored} fields, and its state if it is a machine.
 * <p>
 * A call is stored before its caller has the answer. The write joins the transaction of
 * the method, if there is one, and is the last statement of it. Every write checks that
 * nobody else has written since: an instance that is stale stores nothing, and its caller
 * gets a {@code StaleInstanceException}.
 * <p>
 * A machine is where its row says: at rest after a restart, or its body runs again from
 * the beginning, with the same arguments, as that of a process that is gone. What a body
 * writes belongs to one transaction with its end, or its move, if it is
 * {@code @Transactional}. The timeouts of states come once, also for keys without an
 * instance.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Durable {

	/**
	 * The name in the database, of at most 200 characters; the bean's name if empty. It
	 * must stay the same for as long as the rows do.
	 * @return the name
	 */
	String name() default "";

	/**
	 * The version of the stored fields. Raise it when what they mean has changed, and say
	 * in an {@link Upgrade} method how older ones are read.
	 * @return the version, from 1
	 */
	int version() default 1;

}
