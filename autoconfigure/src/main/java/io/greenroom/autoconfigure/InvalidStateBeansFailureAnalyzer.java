package io.greenroom.autoconfigure;

import io.greenroom.spring.InvalidStateBeansException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Lists every problem with the states of every bean, each with its remedy. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class InvalidStateBeansFailureAnalyzer extends AbstractFailureAnalyzer<InvalidStateBeansException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidStateBeansException cause) {
		String list = String.join("%n%n    ".formatted(), cause.problems());
		return new FailureAnalysis("Beans with @State methods are not valid:%n%n    %s%n".formatted(list),
				"Correct each problem as described, or disable state machines with greenroom.state.enabled=false.",
				cause);
	}

}
