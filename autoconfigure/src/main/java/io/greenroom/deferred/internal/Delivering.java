package io.greenroom.deferred.internal;

import org.jspecify.annotations.Nullable;

/**
 * Stands round the body of a stored call that is delivered. Users don't need this.
 */
@FunctionalInterface
public interface Delivering {

	/**
	 * Runs the body. Called once at most, on the thread that holds the handler.
	 * @param body the body
	 * @return what it returns
	 * @throws Throwable what it throws
	 */
	@Nullable Object run(Body body) throws Throwable;

	/** A body. */
	@FunctionalInterface
	interface Body {

		/**
		 * Runs.
		 * @return what the method returned
		 * @throws Throwable what it threw
		 */
		@Nullable Object run() throws Throwable;

	}

}
