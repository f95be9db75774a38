package io.greenroom.web;

import org.springframework.core.annotation.Order;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;

/**
 * Answers a refusal: before an advice without an order, which may answer every exception
 * with 500, and after the controller's own {@code @ExceptionHandler} and an advice with a
 * negative order. As Boot orders its advice for problem details.
 */
@ControllerAdvice
@Order(0)
public final class PoolRefusedAdvice {

	/** Makes the advice. */
	public PoolRefusedAdvice() {
	}

	@ExceptionHandler({ PoolRefusedException.class, BodyTimeoutException.class })
	ResponseEntity<ProblemDetail> refused(ErrorResponseException refusal) {
		return ResponseEntity.status(refusal.getStatusCode()).headers(refusal.getHeaders()).body(refusal.getBody());
	}

}
