package io.greenroom.deferred;

import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * When the {@link ProcessingLoop} of a {@link DeferredHandler} that has thrown is started
 * again. Calls that wait meanwhile keep their places; the handler is the same object.
 */
@Target({})
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Restart {

	/**
	 * How many restarts are made within the period; with one failure more the handler
	 * gives up and is dead.
	 * @return the number of restarts; 0 never restarts
	 */
	int limit();

	/**
	 * The period in which restarts are counted, such as {@code 1m}; empty takes
	 * {@code greenroom.deferred.restart.period}.
	 * @return a duration in the form Spring Boot reads
	 */
	String period() default "";

	/**
	 * How long to wait before the first restart in a period, such as {@code 100ms};
	 * doubled for each further one. Empty takes
	 * {@code greenroom.deferred.restart.backoff}.
	 * @return a duration in the form Spring Boot reads
	 */
	String backoff() default "";

}
