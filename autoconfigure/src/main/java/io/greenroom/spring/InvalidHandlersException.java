package io.greenroom.spring;

import java.io.Serial;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.greenroom.deferred.InvalidHandlerException;

/**
 * Some beans are annotated as handlers and can't be. Lists all of them with every reason.
 */
public final class InvalidHandlersException extends IllegalStateException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final transient Map<String, InvalidHandlerException> beans;

	/**
	 * Makes an exception that names all of them.
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
	 * Returns what is wrong.
	 * @return the problems by bean name
	 */
	public Map<String, InvalidHandlerException> beans() {
		return this.beans;
	}

}
