package io.greenroom.green.io;

import java.io.Serial;
import java.time.Duration;
import java.util.List;

/**
 * Thrown if a {@link Command} took longer than its limit and was killed with its
 * descendants.
 */
public final class CommandTimeoutException extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final transient CommandResult result;

	CommandTimeoutException(List<String> arguments, Duration limit, CommandResult result) {
		super("Command " + arguments + " has not ended within " + limit
				+ " and was killed with its descendants; give it more time, or see result() for what it wrote");
		this.result = result;
	}

	/**
	 * Returns what the command had written when it was killed.
	 * @return the result so far, with the exit code of the kill
	 */
	public CommandResult result() {
		return this.result;
	}

}
