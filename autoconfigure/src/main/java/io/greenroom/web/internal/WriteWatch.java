package io.greenroom.web.internal;

/**
 * Notified by a server when an answer waits for its client to read. Safe for use by many
 * threads.
 */
public interface WriteWatch {

	/** How many bytes of an answer are written unwatched, because they do not wait. */
	int UNWATCHED = 16 * 1024;

	/** Called when the answer begins to wait for its client. */
	void waits();

	/** Called when the answer no longer waits for its client. */
	void goesOn();

	/**
	 * Returns whether the client has taken too long, and its answer must end.
	 * @return whether the time has elapsed
	 */
	boolean isLate();

}
