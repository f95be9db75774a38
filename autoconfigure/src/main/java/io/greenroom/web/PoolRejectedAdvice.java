package io.greenroom.web;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.Order;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.context.request.NativeWebRequest;

/**
 * Answers a request that its pool has rejected, or that was too slow: before an advice
 * without an order, which may answer every exception with 500, and after the controller's
 * own {@code @ExceptionHandler} and an advice with a negative order. As Boot orders its
 * advice for problem details.
 */
@ControllerAdvice
@Order(0)
public final class PoolRejectedAdvice {

	private final RejectionAnswers answers;

	/**
	 * Makes the advice.
	 * @param answers what tells the client
	 */
	public PoolRejectedAdvice(RejectionAnswers answers) {
		this.answers = answers;
	}

	@ExceptionHandler({ PoolRejectedException.class, BodyTimeoutException.class })
	@Nullable ResponseEntity<Object> rejected(ErrorResponseException rejection, NativeWebRequest request) throws IOException {
		return this.answers.answer(rejection, request);
	}

}
