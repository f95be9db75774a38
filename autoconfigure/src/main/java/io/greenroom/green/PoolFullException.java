package io.greenroom.green;

import java.io.Serial;
import java.util.concurrent.RejectedExecutionException;

/**
 * Rejects work that a {@link GreenPool} has no room for. The pool is whole afterwards.
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
	 * Returns which pool rejected.
	 * @return the pool's name
	 */
	public String pool() {
		return this.pool;
	}

	/**
	 * Returns why it rejected.
	 * @return the reason
	 */
	public Reason reason() {
		return this.reason;
	}

	/** Why a pool rejects. */
	public enum Reason {

		/** Every slot is taken, and there is no room in the line either. */
		FULL,

		/** No slot became free in the time given. */
		TIMEOUT

	}

}
