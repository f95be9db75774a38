package io.greenroom.autoconfigure;

import java.util.stream.Collectors;

import io.greenroom.spring.InvalidHandlersException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Lists the handler beans that can't be handlers, with every reason. */
final class InvalidHandlersFailureAnalyzer extends AbstractFailureAnalyzer<InvalidHandlersException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidHandlersException cause) {
		String description = cause.beans()
			.entrySet()
			.stream()
			.map((bean) -> "Bean '%s' (%s) is a handler, or should be one, and can't be as it is:%n%s".formatted(
					bean.getKey(), bean.getValue().type().getName(),
					bean.getValue().problems().stream().map("    - %s%n"::formatted).collect(Collectors.joining())))
			.collect(Collectors.joining("%n".formatted()));
		return new FailureAnalysis(description,
				"Change what is listed, or remove Greenroom's annotations where a class needs none.", cause);
	}

}
