package io.greenroom.web;

import java.io.Serial;
import java.time.Duration;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * Thrown when a controller was not run because its pool has no free slot and no room in
 * its line. Answered with 503, or the status that is configured for the pool, with {@code
 * Retry-After} and a problem detail as the body, unless an {@code @ExceptionHandler}
 * answers otherwise. The cause names the pool and its numbers; the answer does not.
 */
public final class PoolRejectedException extends ErrorResponseException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Creates a rejection. Public for tests of code that handles it.
	 * @param rejection names the pool and its numbers
	 * @param status the status of the answer
	 * @param retryAfter when the client may retry, sent in whole seconds, rounded up;
	 * zero to send no {@code Retry-After}
	 */
	public PoolRejectedException(Exception rejection, HttpStatusCode status, Duration retryAfter) {
		this(rejection, status, retryAfter.plusSeconds(1).minusNanos(1).toSeconds());
	}

	private PoolRejectedException(Exception rejection, HttpStatusCode status, long seconds) {
		super(status, problem(status, seconds), rejection);
		if (seconds > 0) {
			getHeaders().set(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
		}
	}

	private static ProblemDetail problem(HttpStatusCode status, long seconds) {
		return ProblemDetail.forStatusAndDetail(status,
				(seconds > 0) ? "The server is busy. Try again in %s s.".formatted(seconds) : "The server is busy.");
	}

}
