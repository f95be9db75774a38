package io.greenroom.autoconfigure;

import java.io.IOException;

import io.greenroom.state.IllegalTransitionException;
import io.greenroom.web.RejectionAnswers;
import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.context.request.NativeWebRequest;

/**
 * Answers a request that asks for an illegal move with 409: it does not fit the state of
 * what it is about. The controller's own {@code @ExceptionHandler}, and an advice with a
 * negative order, answer before it.
 */
@ControllerAdvice
@Order(0)
final class IllegalTransitionAdvice {

	private final RejectionAnswers answers;

	IllegalTransitionAdvice(RejectionAnswers answers) {
		this.answers = answers;
	}

	@ExceptionHandler
	@Nullable ResponseEntity<Object> rejected(IllegalTransitionException illegal, NativeWebRequest request) throws IOException {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, illegal.summary());
		problem.setTitle("Not in this state");
		return this.answers.answer(ErrorResponse.builder(illegal, problem).build(), request);
	}

}
