package io.greenroom.observe;

/** Listens to the green threads of one scheduler. */
public interface ThreadListener {

	/** Ignores everything. */
	ThreadListener NONE = new ThreadListener() {
	};

	/** Called when a green thread was started. */
	default void spawned() {
	}

	/**
	 * Called when a green thread died of an error that no thread waited for.
	 * @param thread the thread's name
	 * @param failure what its body threw
	 */
	default void failed(String thread, Throwable failure) {
	}

}
