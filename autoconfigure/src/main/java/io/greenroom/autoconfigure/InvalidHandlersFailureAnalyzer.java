package io.greenroom.autoconfigure;

import java.util.stream.Collectors;

import io.greenroom.spring.InvalidHandlersException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Lists the invalid handler beans with every problem. */
final class InvalidHandlersFailureAnalyzer extends AbstractFailureAnalyzer<InvalidHandlersException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidHandlersException cause) {
		String description = cause.beans()
			.entrySet()
			.stream()
			.map((bean) -> "Bean '%s' (%s) is not a valid handler:%n%s".formatted(bean.getKey(),
					bean.getValue().type().getName(),
					bean.getValue().problems().stream().map("    - %s%n"::formatted).collect(Collectors.joining())))
			.collect(Collectors.joining("%n".formatted()));
		return new FailureAnalysis(description,
				"Correct each problem as described, or remove Greenroom's annotations from classes that do not need them.",
				cause);
	}

}
