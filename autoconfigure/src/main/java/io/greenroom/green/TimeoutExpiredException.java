package io.greenroom.green;

import java.io.Serial;
import java.util.Objects;

/**
 * Thrown if a {@link Timeout} was over before its block ended. The cause shows where the
 * block was at that moment.
 */
public final class TimeoutExpiredException extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final transient Timeout timeout;

	TimeoutExpiredException(Timeout timeout, Throwable cause) {
		super(timeout + " is over; the block was interrupted", Objects.requireNonNull(cause));
		this.timeout = timeout;
	}

	/**
	 * Returns the timeout that is over.
	 * @return the timeout whose block was left
	 */
	public Timeout timeout() {
		return this.timeout;
	}

}
