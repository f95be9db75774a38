package io.greenroom.observe;

import org.jspecify.annotations.Nullable;

/**
 * Stands round the bodies of one handler, or of the states of one class of machines.
 * Called on the thread that runs the body, in the context of whoever has called.
 * Implementations must be safe for use by many threads, and be quick.
 */
@FunctionalInterface
public interface BodyListener {

	/**
	 * A body begins.
	 * @param name the name of the called method, or of the state
	 * @param mode how it was called; {@code null} for a state
	 * @return hears of its end
	 */
	Running begun(String name, @Nullable CallMode mode);

	/** Hears of the end of a body. */
	@FunctionalInterface
	interface Running {

		/** Hears nothing. */
		Running NONE = (failure) -> {
		};

		/**
		 * The body has ended, on the thread that it began on.
		 * @param failure what it threw; {@code null} if it returned
		 */
		void ended(@Nullable Throwable failure);

	}

}
