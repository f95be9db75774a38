package io.greenroom.spring;

import java.io.Serial;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.greenroom.deferred.InvalidHandlerException;

/**
 * Thrown at the start if beans that are annotated as handlers are not valid. Lists all of
 * them with every problem.
 */
public final class InvalidHandlersException extends IllegalStateException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final transient Map<String, InvalidHandlerException> beans;

	/**
	 * Creates an exception that names all invalid beans.
	 * @param beans the problems by bean name
	 */
	public InvalidHandlersException(Map<String, InvalidHandlerException> beans) {
		super(beans.entrySet()
			.stream()
			.map((bean) -> "bean '" + bean.getKey() + "': " + bean.getValue().getMessage())
			.collect(Collectors.joining("; ")));
		this.beans = new TreeMap<>(beans);
	}

	/**
	 * Returns the problems.
	 * @return the problems by bean name
	 */
	public Map<String, InvalidHandlerException> beans() {
		return this.beans;
	}

}
