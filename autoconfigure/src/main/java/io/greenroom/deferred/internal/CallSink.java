package io.greenroom.deferred.internal;

import org.jspecify.annotations.Nullable;

/** Receives the calls that are made on the generated views of a handler. */
public interface CallSink {

	/** The arguments of methods without parameters. */
	@Nullable Object[] NO_ARGUMENTS = {};

	/**
	 * Called when a method of the view is called.
	 * @param method its number in the handler's type
	 * @param arguments the arguments, boxed
	 * @return the result, boxed; never {@code null} for a primitive
	 * @throws Throwable what the caller gets
	 */
	@Nullable Object call(int method, @Nullable Object[] arguments) throws Throwable;

	/**
	 * Compares the handlers behind two views.
	 * @param other the other object
	 * @return whether it is a view of the same handler, called in the same way
	 */
	boolean sameAs(@Nullable Object other);

	/**
	 * Describes the view.
	 * @return the text for {@code toString}
	 */
	String describe();

	/** Implemented by the generated views. */
	interface View {

		/**
		 * Returns where this view sends its calls.
		 * @return the sink
		 */
		CallSink greenroom$sink();

		/**
		 * Sets where this view sends its calls. Called once, before the view is
		 * published.
		 * @param sink the sink
		 */
		void greenroom$sink(CallSink sink);

	}

}
