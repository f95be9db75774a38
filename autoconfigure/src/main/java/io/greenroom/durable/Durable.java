package io.greenroom.durable;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Keeps each instance of a keyed handler in one row of the application's database: its
 * {@link Stored} fields and, if it is a machine, its state.
 * <p>
 * The effect of a call is stored before its caller receives the answer. The write is the
 * last statement of the method's transaction, if there is one. Every write checks that
 * the row has not changed since it was read. A stale instance stores nothing, and its
 * caller receives a {@code StaleInstanceException}.
 * <p>
 * After a restart, a machine continues in the state of its row. It is either at rest, or
 * the body that was cut off runs again from the beginning, with the same arguments. If a
 * body is {@code @Transactional}, its writes commit together with its end or its move.
 * The timeouts of states fire once, also for keys without an instance.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Durable {

	/**
	 * The handler's name in the database, with up to 200 characters. If empty, the bean's
	 * name is used. The name must not change while there are rows.
	 * @return the name
	 */
	String name() default "";

	/**
	 * The version of the stored fields. Raise it when their meaning changes, and read
	 * older rows in an {@link Upgrade} method.
	 * @return the version, from 1
	 */
	int version() default 1;

}
