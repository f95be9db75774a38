package io.greenroom.autoconfigure;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;

import io.greenroom.deferred.DeferredInterruptedException;
import io.greenroom.deferred.DeferredTimeoutException;
import io.greenroom.deferred.HandlerStoppedException;
import io.greenroom.deferred.MailboxFullException;
import io.greenroom.deferred.WrongStateException;
import io.greenroom.durable.StaleInstanceException;
import io.greenroom.green.DeadlineExceededException;
import io.greenroom.green.PoolClosedException;
import io.greenroom.green.PoolFullException;
import io.greenroom.green.SchedulerClosedException;
import io.greenroom.green.TimeoutExpiredException;
import io.greenroom.keyed.TooManyKeysException;
import io.greenroom.state.IllegalTransitionException;
import io.greenroom.web.BodyTimeoutException;
import io.greenroom.web.PoolRejectedException;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponse;

/**
 * What an HTTP client is told of each of Greenroom's exceptions: to try again where there
 * was no room, no time or no handler for it, that it doesn't fit where a machine is in
 * another state. All others are mistakes of the application and stay what they are
 * without Greenroom, 500.
 */
final class Rejections implements Function<Throwable, @Nullable ErrorResponse> {

	private final Supplier<Duration> retryAfter;

	/**
	 * Makes the answers.
	 * @param retryAfter when to try again; zero tells nothing
	 */
	Rejections(Supplier<Duration> retryAfter) {
		this.retryAfter = retryAfter;
	}

	@Override
	public @Nullable ErrorResponse apply(Throwable thrown) {
		return switch (thrown) {
			case PoolRejectedException rejected -> rejected;
			case BodyTimeoutException late -> late;
			case MailboxFullException full -> busy(full);
			case TooManyKeysException full -> busy(full);
			case PoolFullException full -> busy(full);
			case DeferredTimeoutException late -> busy(late);
			case DeadlineExceededException late -> busy(late);
			case TimeoutExpiredException late -> busy(late);
			case DeferredInterruptedException ended -> busy(ended);
			case HandlerStoppedException ended -> busy(ended);
			case PoolClosedException ended -> busy(ended);
			case SchedulerClosedException ended -> busy(ended);
			case StaleInstanceException stale -> busy(stale);
			case IllegalTransitionException illegal -> conflict(illegal, illegal.summary());
			case WrongStateException wrong -> conflict(wrong, "What the request asks for is not possible now.");
			default -> null;
		};
	}

	private ErrorResponse busy(Throwable rejection) {
		long seconds = this.retryAfter.get().plusSeconds(1).minusNanos(1).toSeconds();
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE,
				(seconds > 0) ? "The server is busy. Try again in %d s.".formatted(seconds) : "The server is busy.");
		ErrorResponse.Builder answer = ErrorResponse.builder(rejection, problem);
		if (seconds > 0) {
			answer.header(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
		}
		return answer.build();
	}

	private static ErrorResponse conflict(Throwable rejection, String detail) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, detail);
		problem.setTitle("Not in this state");
		return ErrorResponse.builder(rejection, problem).build();
	}

}
