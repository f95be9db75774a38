package io.greenroom.autoconfigure;

import io.greenroom.spring.InvalidStateBeansException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Lists every wrong state of every bean, each with its remedy. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class InvalidStateBeansFailureAnalyzer extends AbstractFailureAnalyzer<InvalidStateBeansException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidStateBeansException cause) {
		String list = String.join("%n%n    ".formatted(), cause.problems());
		return new FailureAnalysis("Beans with @State methods can't work as they are:%n%n    %s%n".formatted(list),
				"Mend each of them as it says, or switch state machines off with greenroom.state.enabled=false.",
				cause);
	}

}
