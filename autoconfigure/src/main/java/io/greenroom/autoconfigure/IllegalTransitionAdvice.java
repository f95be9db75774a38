package io.greenroom.autoconfigure;

import io.greenroom.state.IllegalTransitionException;

import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;

/**
 * Answers a request that asks for an undeclared move with 409: it does not fit the state
 * of what it is about. The controller's own {@code @ExceptionHandler}, and an advice with
 * a negative order, answer before it.
 */
@ControllerAdvice
@Order(0)
final class IllegalTransitionAdvice {

	@ExceptionHandler
	ResponseEntity<ProblemDetail> refused(IllegalTransitionException refusal) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT,
				(refusal.from() != null)
						? "No move from '%s' to '%s'; possible are %s.".formatted(refusal.from(), refusal.to(),
								refusal.legal())
						: "No start in '%s'; possible are %s.".formatted(refusal.to(), refusal.legal()));
		problem.setTitle("Not in this state");
		return ResponseEntity.of(problem).build();
	}

}
