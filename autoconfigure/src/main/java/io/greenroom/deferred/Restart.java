package io.greenroom.deferred;

import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * When the {@link ProcessingLoop} of a {@link DeferredHandler} is restarted after it has
 * thrown. Waiting calls keep their places, and the handler remains the same object.
 */
@Target({})
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Restart {

	/**
	 * How many restarts are made within the period. After one more failure, the handler
	 * is dead.
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
	 * doubled for each further restart. Empty takes
	 * {@code greenroom.deferred.restart.backoff}.
	 * @return a duration in the form Spring Boot reads
	 */
	String backoff() default "";

}
