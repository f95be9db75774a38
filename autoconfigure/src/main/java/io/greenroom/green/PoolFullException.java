package io.greenroom.green;

import java.io.Serial;
import java.util.concurrent.RejectedExecutionException;

/**
 * Thrown if a {@link GreenPool} has no room for work. The pool is unaffected.
 */
public final class PoolFullException extends RejectedExecutionException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final String pool;

	private final Reason reason;

	PoolFullException(String pool, Reason reason, String found, String remedy) {
		super("Pool '" + pool + "' " + found + "; " + remedy);
		this.pool = pool;
		this.reason = reason;
	}

	/**
	 * Returns the pool that rejected the work.
	 * @return the pool's name
	 */
	public String pool() {
		return this.pool;
	}

	/**
	 * Returns why the work was rejected.
	 * @return the reason
	 */
	public Reason reason() {
		return this.reason;
	}

	/** Why a pool rejects. */
	public enum Reason {

		/** All slots are taken, and there is no room in the line. */
		FULL,

		/** No slot became free in time. */
		TIMEOUT

	}

}
