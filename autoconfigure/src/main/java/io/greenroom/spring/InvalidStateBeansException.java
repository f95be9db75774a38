package io.greenroom.spring;

import java.io.Serial;
import java.util.List;

import org.springframework.beans.BeansException;

/**
 * Thrown at the start if the states of beans are not valid. Lists all of them with every
 * problem.
 */
public final class InvalidStateBeansException extends BeansException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final List<String> problems;

	/**
	 * Creates an exception that names all problems.
	 * @param problems the problems, each with its bean and remedy
	 */
	public InvalidStateBeansException(List<String> problems) {
		super("Beans with @State methods can't work:%n - %s".formatted(String.join("%n - ".formatted(), problems)));
		this.problems = List.copyOf(problems);
	}

	/**
	 * Returns the problems.
	 * @return the problems, at least one, each with its bean and remedy
	 */
	public List<String> problems() {
		return this.problems;
	}

}
