package io.greenroom.spring;

import java.io.Serial;
import java.util.List;

import org.springframework.beans.BeansException;

/** Beans with states that can't work; names all of them and all that is wrong. */
public final class InvalidStateBeansException extends BeansException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final List<String> problems;

	/**
	 * Makes an exception that names all of them.
	 * @param problems what is wrong, each with bean and remedy
	 */
	public InvalidStateBeansException(List<String> problems) {
		super("Beans with @State methods can't work:%n - %s".formatted(String.join("%n - ".formatted(), problems)));
		this.problems = List.copyOf(problems);
	}

	/**
	 * Returns what is wrong, each with bean and remedy.
	 * @return the problems, at least one
	 */
	public List<String> problems() {
		return this.problems;
	}

}
