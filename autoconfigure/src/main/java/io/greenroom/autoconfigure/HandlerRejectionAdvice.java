package io.greenroom.autoconfigure;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Supplier;

import io.greenroom.deferred.DeferredException;
import io.greenroom.deferred.DeferredTimeoutException;
import io.greenroom.deferred.HandlerStoppedException;
import io.greenroom.deferred.MailboxFullException;
import io.greenroom.keyed.TooManyKeysException;
import io.greenroom.web.RejectionAnswers;
import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.context.request.NativeWebRequest;

/**
 * Answers a request whose controller called a handler that has no room, for the call or
 * for another key, no time, or has stopped with 503, as a full pool does. The
 * controller's own {@code @ExceptionHandler}, and an advice with a negative order, answer
 * before it.
 */
@ControllerAdvice
@Order(0)
final class HandlerRejectionAdvice {

	private final RejectionAnswers answers;

	private final Supplier<Duration> retryAfter;

	HandlerRejectionAdvice(RejectionAnswers answers, Supplier<Duration> retryAfter) {
		this.answers = answers;
		this.retryAfter = retryAfter;
	}

	@ExceptionHandler({ MailboxFullException.class, DeferredTimeoutException.class, HandlerStoppedException.class,
			TooManyKeysException.class })
	@Nullable ResponseEntity<Object> rejected(DeferredException rejection, NativeWebRequest request) throws IOException {
		long seconds = this.retryAfter.get().plusSeconds(1).minusNanos(1).toSeconds();
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE,
				(seconds > 0) ? "The server is busy. Try again in %d s.".formatted(seconds) : "The server is busy.");
		ErrorResponse.Builder answer = ErrorResponse.builder(rejection, problem);
		if (seconds > 0) {
			answer.header(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
		}
		return this.answers.answer(answer.build(), request);
	}

}
