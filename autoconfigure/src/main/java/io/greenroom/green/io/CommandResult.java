package io.greenroom.green.io;

/**
 * What a {@link Command} left.
 *
 * @param exitCode its exit code, zero for success by custom
 * @param out what it wrote to its standard output
 * @param err what it wrote to its standard error
 * @param truncated whether it wrote more to one of them than was to be kept; what is here
 * is the beginning
 */
public record CommandResult(int exitCode, String out, String err, boolean truncated) {

	/**
	 * Returns whether the exit code is zero.
	 * @return whether the command says that it succeeded
	 */
	public boolean isSuccessful() {
		return this.exitCode == 0;
	}

}
