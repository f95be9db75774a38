package io.greenroom.autoconfigure;

import java.time.Duration;

import io.greenroom.cluster.NoQuorumException;
import io.greenroom.cluster.OwnerLostException;
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
import io.greenroom.web.RunInPool;
import io.greenroom.web.internal.ControllerPool;
import io.greenroom.web.internal.ControllerPools;
import io.greenroom.web.internal.PoolTerms;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponse;

/**
 * The answer to an HTTP client for each of Greenroom's exceptions: to retry, if there was
 * no room, no time or no handler; that the request conflicts with the state of a machine,
 * if that is in another state. All other exceptions are errors of the application and
 * result in 500, as without Greenroom. This class refers to all of these exceptions, so
 * it is only loaded for the first failure.
 */
final class Rejections {

	private Rejections() {
	}

	/**
	 * Returns the answer for an exception, regardless of its causes, or {@code null} if
	 * it is not one of Greenroom's.
	 */
	static @Nullable ErrorResponse answer(Throwable thrown, ObjectProvider<ControllerPools> pools) {
		return switch (thrown) {
			case PoolRejectedException rejected -> rejected;
			case BodyTimeoutException late -> late;
			case MailboxFullException full -> busy(full, pools);
			case TooManyKeysException full -> busy(full, pools);
			case PoolFullException full -> busy(full, pools);
			case DeferredTimeoutException late -> busy(late, pools);
			case DeadlineExceededException late -> busy(late, pools);
			case TimeoutExpiredException late -> busy(late, pools);
			case DeferredInterruptedException ended -> busy(ended, pools);
			case HandlerStoppedException ended -> busy(ended, pools);
			case PoolClosedException ended -> busy(ended, pools);
			case SchedulerClosedException ended -> busy(ended, pools);
			case StaleInstanceException stale -> busy(stale, pools);
			case NoQuorumException alone -> busy(alone, pools);
			case OwnerLostException lost -> busy(lost, pools);
			case IllegalTransitionException illegal -> conflict(illegal, illegal.summary());
			case WrongStateException wrong -> conflict(wrong, "The request is not possible in the current state.");
			default -> null;
		};
	}

	private static ErrorResponse busy(Throwable rejection, ObjectProvider<ControllerPools> pools) {
		long seconds = retryAfter(pools).plusSeconds(1).minusNanos(1).toSeconds();
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE,
				(seconds > 0) ? "The server is busy. Try again in %s s.".formatted(seconds) : "The server is busy.");
		ErrorResponse.Builder answer = ErrorResponse.builder(rejection, problem);
		if (seconds > 0) {
			answer.header(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
		}
		return answer.build();
	}

	/** As configured for the default pool; zero sends nothing. */
	private static Duration retryAfter(ObjectProvider<ControllerPools> pools) {
		ControllerPools all = pools.getIfAvailable();
		ControllerPool pool = (all != null) ? all.find(RunInPool.DEFAULT) : null;
		return ((pool != null) ? pool.terms() : PoolTerms.DEFAULT).retryAfter();
	}

	private static ErrorResponse conflict(Throwable rejection, String detail) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, detail);
		problem.setTitle("Not in this state");
		return ErrorResponse.builder(rejection, problem).build();
	}

}
