package io.greenroom.web.internal;

import io.greenroom.web.BodyTimeoutException;

/**
 * Is told by a server when a request waits for its client, and tells the server when that
 * has taken too long. Safe for use by many threads.
 */
public interface IoWatch {

	/** Something that may wait for the client. */
	@FunctionalInterface
	interface Transfer<T, X extends Exception> {

		/**
		 * Does it.
		 * @return what has come of it
		 * @throws X if it fails
		 */
		T run() throws X;

	}

	/**
	 * Does something that may wait for the client on the calling thread.
	 * @param <T> what comes of it
	 * @param <X> how it may fail
	 * @param transfer what to do
	 * @return what has come of it
	 * @throws X if it fails in time
	 * @throws BodyTimeoutException if the time is over, before it or with it
	 */
	<T, X extends Exception> T transfer(Transfer<T, X> transfer) throws X;

	/** From now on the request waits for its client. */
	void waits();

	/** The client has gone on, and the request no longer waits for it. */
	void goesOn();

	/**
	 * Looks whether there is time left.
	 * @throws BodyTimeoutException if there is none
	 */
	void requireInTime();

}
