package io.greenroom.observe;

/** Hears about the green threads of one scheduler. */
public interface ThreadListener {

	/** Hears nothing. */
	ThreadListener NONE = new ThreadListener() {
	};

	/** A green thread was started. */
	default void spawned() {
	}

	/**
	 * A green thread died of an error that nobody waited for.
	 * @param thread the thread's name
	 * @param failure what its body threw
	 */
	default void failed(String thread, Throwable failure) {
	}

}
