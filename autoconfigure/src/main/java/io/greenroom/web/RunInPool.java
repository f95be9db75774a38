package io.greenroom.web;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says in which pool a controller runs: on a class for all its methods, on a method for
 * this one, on an annotation of your own for what carries it. The nearest one counts.
 * Controllers without it run in the pool {@value #DEFAULT}.
 * <p>
 * A pool of {@code n} lets at most {@code n} controllers work at once; the others wait in
 * line without a platform thread, and past the line's bound or time get 503 with
 * {@code Retry-After}. Pools are sized by {@code greenroom.pools.<name>.*}; a name that
 * is not there ends the start.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ ElementType.TYPE, ElementType.METHOD })
public @interface RunInPool {

	/** The pool that is always there. */
	String DEFAULT = "default";

	/**
	 * Returns the pool's name.
	 * @return the name under {@code greenroom.pools}
	 */
	String value() default DEFAULT;

}
