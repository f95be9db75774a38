package io.greenroom.observe;

import org.jspecify.annotations.Nullable;

/**
 * Listens around the bodies of one handler, or of the states of one class of machines. It
 * is called on the thread that runs the body, in the context of the caller.
 * Implementations must be thread-safe and return quickly.
 */
@FunctionalInterface
public interface BodyListener {

	/**
	 * Called when a body begins.
	 * @param name the name of the called method, or of the state
	 * @param mode how it was called; {@code null} for a state
	 * @return a listener for its end
	 */
	Running begun(String name, @Nullable CallMode mode);

	/** Listens for the end of a body. */
	@FunctionalInterface
	interface Running {

		/** Does nothing. */
		Running NONE = (failure) -> {
		};

		/**
		 * Called when the body has ended, on the thread on which it began.
		 * @param failure what it threw; {@code null} if it returned
		 */
		void ended(@Nullable Throwable failure);

	}

}
