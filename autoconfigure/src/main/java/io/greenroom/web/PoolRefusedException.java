package io.greenroom.web;

import java.io.Serial;
import java.time.Duration;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * A controller was not run because its pool has no room: 503 with {@code Retry-After} and
 * a problem as its body, unless an {@code @ExceptionHandler} answers otherwise. The cause
 * says which pool, and its numbers; the answer does not.
 */
public final class PoolRefusedException extends ErrorResponseException {

	@Serial
	private static final long serialVersionUID = 1L;

	PoolRefusedException(Exception refusal, Duration retryAfter) {
		super(HttpStatus.SERVICE_UNAVAILABLE, problem(seconds(retryAfter)), refusal);
		getHeaders().set(HttpHeaders.RETRY_AFTER, Long.toString(seconds(retryAfter)));
	}

	private static ProblemDetail problem(long seconds) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE,
				"The server is busy. Try again in %d s.".formatted(seconds));
	}

	/** Rounds up: the header knows whole seconds. */
	private static long seconds(Duration retryAfter) {
		return retryAfter.plusSeconds(1).minusNanos(1).toSeconds();
	}

}
