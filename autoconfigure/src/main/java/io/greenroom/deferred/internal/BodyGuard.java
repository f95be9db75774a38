package io.greenroom.deferred.internal;

import org.jspecify.annotations.Nullable;

/**
 * Checks a body before it begins, and wraps its run, on a handler's own thread. For
 * internal use only.
 */
@FunctionalInterface
public interface BodyGuard {

	/**
	 * Lets the body begin.
	 * @throws NotBegunException if it may not
	 */
	void beforeBody();

	/**
	 * Returns whether the body has run before and must not run again. The sender of the
	 * call then knows the outcome. Called before the other methods.
	 * @return whether there is nothing to do
	 * @throws NotBegunException if that cannot be determined
	 */
	default boolean isMade() {
		return false;
	}

	/**
	 * Passes on a oneway call that must not run here to where it may run.
	 * @return whether the call was passed on
	 */
	default boolean passOn() {
		return false;
	}

	/**
	 * Runs the body.
	 * @param body the body
	 * @return what it returns
	 * @throws Throwable what it throws
	 */
	default @Nullable Object run(Delivering.Body body) throws Throwable {
		return body.run();
	}

	/** Thrown if a body did not begin and may run elsewhere. */
	final class NotBegunException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		/** Creates the exception, without a stack trace, because no user sees it. */
		public NotBegunException() {
			super("The body did not begin", null, false, false);
		}

	}

}
