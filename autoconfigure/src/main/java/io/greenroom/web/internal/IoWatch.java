package io.greenroom.web.internal;

import io.greenroom.web.BodyTimeoutException;

/**
 * Notified by a server when a request waits for its client. Tells the server when that
 * has taken too long. Safe for use by many threads.
 */
public interface IoWatch {

	/** An operation that may wait for the client. */
	@FunctionalInterface
	interface Transfer<T, X extends Exception> {

		/**
		 * Runs the operation.
		 * @return its result
		 * @throws X if it fails
		 */
		T run() throws X;

	}

	/**
	 * Runs an operation that may wait for the client on the calling thread.
	 * @param <T> the type of the result
	 * @param <X> the type of the exception
	 * @param transfer the operation
	 * @return its result
	 * @throws X if it fails in time
	 * @throws BodyTimeoutException if the time has elapsed, before or during the
	 * operation
	 */
	<T, X extends Exception> T transfer(Transfer<T, X> transfer) throws X;

	/** Called when the request begins to wait for its client. */
	void waits();

	/** Called when the request no longer waits for its client. */
	void goesOn();

	/**
	 * Checks that time is left.
	 * @throws BodyTimeoutException if the time has elapsed
	 */
	void requireInTime();

}
