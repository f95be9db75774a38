package io.greenroom.spring.internal;

import java.util.Map;

import io.greenroom.deferred.InTransaction;
import io.greenroom.state.StateBoundary;
import io.greenroom.state.StateMachine;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * Handles moves that are requested inside a transaction. Also prevents that the body of a
 * state is left inside a Spring transaction or retry that was begun within the body:
 * unwinding through it would roll the body's work back, or repeat it.
 */
public final class SpringBoundary implements StateBoundary {

	/**
	 * Classes that run a caller's code and react to how it ends. By name, because all of
	 * them are optional.
	 */
	private static final Map<String, String> SCOPES = Map.of(
			"org.springframework.transaction.interceptor.TransactionAspectSupport", "a @Transactional method",
			"org.springframework.transaction.support.TransactionTemplate", "a TransactionTemplate's callback",
			"org.springframework.core.retry.RetryTemplate", "a retried method or callback",
			"org.springframework.resilience.retry.AbstractRetryInterceptor", "a @Retryable method",
			"org.springframework.retry.support.RetryTemplate", "a retried method or callback",
			"org.springframework.retry.interceptor.RetryOperationsInterceptor", "a @Retryable method",
			"org.springframework.retry.interceptor.StatefulRetryOperationsInterceptor", "a @Retryable method");

	private final @Nullable StateBoundary transactions;

	/**
	 * Creates the boundary.
	 * @param moves what happens to moves that are requested in a transaction
	 */
	public SpringBoundary(InTransaction moves) {
		this.transactions = ClassUtils.isPresent("org.springframework.transaction.support.TransactionSynchronization",
				SpringBoundary.class.getClassLoader()) ? new TransactionBoundary(moves) : null;
	}

	@Override
	public @Nullable Object begin() {
		return (this.transactions != null) ? this.transactions.begin() : null;
	}

	@Override
	public @Nullable String obstacle(@Nullable Object begun) {
		return (this.transactions != null) ? this.transactions.obstacle(begun) : null;
	}

	@Override
	public void outside(StateMachine machine, String to) {
		if (this.transactions != null) {
			this.transactions.outside(machine, to);
		}
	}

	@Override
	public boolean afterCommit(Runnable moves) {
		return this.transactions != null && this.transactions.afterCommit(moves);
	}

	@Override
	public @Nullable String obstacleIn(Class<?> frame) {
		return SCOPES.get(frame.getName());
	}

}
