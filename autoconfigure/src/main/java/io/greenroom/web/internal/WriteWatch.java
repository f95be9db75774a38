package io.greenroom.web.internal;

/**
 * Is told by a server when an answer waits for its client to read. Safe for use by many
 * threads.
 */
public interface WriteWatch {

	/** How many bytes of an answer are written unwatched, since they do not wait. */
	int UNWATCHED = 16 * 1024;

	/** From now on the answer waits for its client. */
	void waits();

	/** The client has gone on, and the answer no longer waits for it. */
	void goesOn();

	/**
	 * Returns whether the client has taken too long, and its answer is to end.
	 * @return whether the time is over
	 */
	boolean isLate();

}
