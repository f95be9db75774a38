package io.greenroom.deferred.internal;

import org.jspecify.annotations.Nullable;

/**
 * Stands before a body, and round it, on a handler's own thread. Users don't need this.
 */
@FunctionalInterface
public interface BodyGuard {

	/**
	 * Lets the body begin.
	 * @throws NotBegunException if it may not
	 */
	void beforeBody();

	/**
	 * Returns whether the body has run before, so that it must not now: what came of it
	 * is known to who has sent the call. Asked first of all.
	 * @return whether there is nothing to do
	 * @throws NotBegunException if that can't be told
	 */
	default boolean isMade() {
		return false;
	}

	/**
	 * Has a call that nobody waits for made where it may be, as it may not here.
	 * @return whether somebody sees to it
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

	/** A body did not begin, and may run elsewhere. */
	final class NotBegunException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		/** Makes the exception, without a stack: it reaches nobody. */
		public NotBegunException() {
			super("The body did not begin", null, false, false);
		}

	}

}
