package io.greenroom.deferred;

import java.io.Serial;
import java.util.List;
import java.util.Objects;

/**
 * Thrown if a class cannot be a handler. Lists everything that is wrong with it, each
 * with its remedy.
 */
public final class InvalidHandlerException extends IllegalArgumentException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final transient Class<?> type;

	private final transient List<String> problems;

	/**
	 * Creates the exception.
	 * @param type the class that cannot be a handler
	 * @param problems what is wrong, one sentence each, with the remedy
	 */
	public InvalidHandlerException(Class<?> type, List<String> problems) {
		super(Objects.requireNonNull(type, "type").getName() + " can't be a handler: "
				+ String.join("; ", Objects.requireNonNull(problems, "problems")));
		this.type = type;
		this.problems = List.copyOf(problems);
	}

	/**
	 * Returns the class.
	 * @return the class that cannot be a handler
	 */
	public Class<?> type() {
		return this.type;
	}

	/**
	 * Returns what is wrong.
	 * @return one sentence each, with the remedy
	 */
	public List<String> problems() {
		return this.problems;
	}

}
