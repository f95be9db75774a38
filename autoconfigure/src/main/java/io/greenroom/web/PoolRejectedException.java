package io.greenroom.web;

import java.io.Serial;
import java.time.Duration;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * A controller was not run because its pool has no room: 503, or what the pool is told to
 * reject with, with {@code Retry-After} and a problem as its body, unless an
 * {@code @ExceptionHandler} answers otherwise. The cause says which pool, and its
 * numbers; the answer does not.
 */
public final class PoolRejectedException extends ErrorResponseException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Makes a rejection; public for tests of code that handles it.
	 * @param rejection says which pool has no room, and its numbers
	 * @param status the status to answer with
	 * @param retryAfter when the client may come again, which is told in whole seconds,
	 * rounded up; zero for no word about it
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
				(seconds > 0) ? "The server is busy. Try again in %d s.".formatted(seconds) : "The server is busy.");
	}

}
