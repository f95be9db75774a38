package io.greenroom.web;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Selects the pool of a controller. On a class, it applies to all methods; on a method,
 * to that method; on an annotation, to the elements that carry that annotation. The
 * nearest one takes precedence. Controllers without it run in the pool {@value #DEFAULT}.
 * <p>
 * A pool of size {@code n} runs up to {@code n} controllers at once. Other requests wait
 * in line without a platform thread. A request that finds the line full, or waits longer
 * than the queue timeout, is answered with 503 and {@code Retry-After}. Pools are
 * configured with {@code greenroom.pools.<name>.*}. The start fails if a pool does not
 * exist.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ ElementType.TYPE, ElementType.METHOD })
public @interface RunInPool {

	/** The name of the pool that always exists. */
	String DEFAULT = "default";

	/**
	 * Returns the pool's name.
	 * @return the name below {@code greenroom.pools}
	 */
	String value() default DEFAULT;

}
