package io.greenroom.web;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;

/** Answers a refusal where the application has no handler of its own for it. */
@ControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
public final class PoolRefusedAdvice {

	/** Makes the advice. */
	public PoolRefusedAdvice() {
	}

	@ExceptionHandler
	ResponseEntity<ProblemDetail> refused(PoolRefusedException refusal) {
		return ResponseEntity.status(refusal.getStatusCode()).headers(refusal.getHeaders()).body(refusal.getBody());
	}

}
