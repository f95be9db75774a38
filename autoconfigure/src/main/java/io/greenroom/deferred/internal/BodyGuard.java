package io.greenroom.deferred.internal;

/** Asked on a handler's own thread before a body begins. Users don't need this. */
@FunctionalInterface
public interface BodyGuard {

	/**
	 * Lets the body begin.
	 * @throws NotBegunException if it may not
	 */
	void beforeBody();

	/** A body did not begin, and may run elsewhere. */
	final class NotBegunException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		/** Makes the exception, without a stack: it reaches nobody. */
		public NotBegunException() {
			super("The body did not begin", null, false, false);
		}

	}

}
