package io.greenroom.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Says which key holds which value, and what is allowed. Before Boot's own, less exact
 * one.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class InvalidSettingFailureAnalyzer extends AbstractFailureAnalyzer<InvalidSettingException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidSettingException cause) {
		return new FailureAnalysis(
				"The setting '%s' is '%s', which can't be used.".formatted(cause.key(), cause.value()),
				"Set '%s' to %s.".formatted(cause.key(), cause.allowed()), cause);
	}

}
