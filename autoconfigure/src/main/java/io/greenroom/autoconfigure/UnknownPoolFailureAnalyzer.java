package io.greenroom.autoconfigure;

import io.greenroom.web.UnknownPoolException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Names the controller, the missing pool, and the existing pools. */
final class UnknownPoolFailureAnalyzer extends AbstractFailureAnalyzer<UnknownPoolException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnknownPoolException cause) {
		return new FailureAnalysis(
				"%s names the pool '%s' (@RunInPool), which does not exist. The pools are: %s."
					.formatted(cause.controller(), cause.pool(), String.join(", ", cause.known())),
				"Use one of these in @RunInPool, or add the pool with %s.size=10 (or another size)."
					.formatted(PoolsProperties.key(cause.pool())),
				cause);
	}

}
