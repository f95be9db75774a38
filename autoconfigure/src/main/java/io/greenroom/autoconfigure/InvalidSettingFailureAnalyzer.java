package io.greenroom.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Names the key, its value and the allowed values. Comes before Boot's own analyzer,
 * which is less precise.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class InvalidSettingFailureAnalyzer extends AbstractFailureAnalyzer<InvalidSettingException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidSettingException cause) {
		return new FailureAnalysis(
				"The setting '%s' has the value '%s', which is not valid.".formatted(cause.key(), cause.value()),
				"Set '%s' to %s.".formatted(cause.key(), cause.allowed()), cause);
	}

}
