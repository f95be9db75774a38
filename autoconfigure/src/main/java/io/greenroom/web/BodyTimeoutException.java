package io.greenroom.web;

import java.io.Serial;
import java.time.Duration;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;

/**
 * Thrown when the body of a request did not arrive in time, and its slot was given to
 * another request. Answered with 408, unless an {@code @ExceptionHandler} answers
 * otherwise.
 */
public final class BodyTimeoutException extends ErrorResponseException {

	@Serial
	private static final long serialVersionUID = 1L;

	/**
	 * Creates an exception. Public for tests of code that handles it.
	 * @param pool the name of the pool
	 * @param limit how long the body may take
	 * @param closes whether the connection is closed after the answer, as HTTP/1.1
	 * requires
	 */
	public BodyTimeoutException(String pool, Duration limit, boolean closes) {
		super(HttpStatus.REQUEST_TIMEOUT,
				ProblemDetail.forStatusAndDetail(HttpStatus.REQUEST_TIMEOUT,
						"The body of the request did not arrive in time."),
				new IllegalStateException("A request in pool '" + pool + "' waited " + limit
						+ " for its body, and its slot was given to another request; raise greenroom.pools." + pool
						+ ".body-timeout to serve such clients"));
		if (closes) {
			getHeaders().set(HttpHeaders.CONNECTION, "close");
		}
	}

}
