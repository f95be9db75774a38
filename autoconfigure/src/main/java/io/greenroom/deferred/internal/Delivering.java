package io.greenroom.deferred.internal;

import org.jspecify.annotations.Nullable;

/**
 * Wraps the body of a stored call that is delivered. For internal use only.
 */
@FunctionalInterface
public interface Delivering {

	/**
	 * Runs the body. Called at most once, on the thread that holds the handler.
	 * @param body the body
	 * @return what it returns
	 * @throws Throwable what it throws
	 */
	@Nullable Object run(Body body) throws Throwable;

	/** The body of the call. */
	@FunctionalInterface
	interface Body {

		/**
		 * Runs the body.
		 * @return what the method returned
		 * @throws Throwable what it threw
		 */
		@Nullable Object run() throws Throwable;

	}

}
