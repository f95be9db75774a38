package io.greenroom.state;

import java.io.Serial;
import java.util.List;

/**
 * Thrown if the states of a class are declared incorrectly. Lists everything that is
 * wrong at once.
 */
public final class InvalidStatesException extends IllegalArgumentException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final List<String> problems;

	InvalidStatesException(Class<?> type, List<String> problems) {
		super("The states of %s are declared wrongly:%n - %s".formatted(type.getName(),
				String.join(System.lineSeparator() + " - ", problems)));
		this.problems = List.copyOf(problems);
	}

	/**
	 * Returns what is wrong, each with its remedy.
	 * @return the problems, at least one
	 */
	public List<String> problems() {
		return this.problems;
	}

}
