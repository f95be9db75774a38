package io.greenroom.autoconfigure;

import io.greenroom.web.UnknownPoolException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says which controller asks for which pool, and which there are. */
final class UnknownPoolFailureAnalyzer extends AbstractFailureAnalyzer<UnknownPoolException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnknownPoolException cause) {
		return new FailureAnalysis(
				"%s is to run in the pool '%s' (@RunInPool), which does not exist. There are: %s."
					.formatted(cause.controller(), cause.pool(), String.join(", ", cause.known())),
				"Name one of these in @RunInPool, or add the pool: %s.size=10 (or another size)."
					.formatted(PoolsProperties.key(cause.pool())),
				cause);
	}

}
