package io.greenroom.green.io;

/**
 * The result of a {@link Command}.
 *
 * @param exitCode its exit code; by convention, zero means success
 * @param out what it wrote to its standard output
 * @param err what it wrote to its standard error
 * @param truncated whether it wrote more to one of them than the limit; only the
 * beginning is kept
 */
public record CommandResult(int exitCode, String out, String err, boolean truncated) {

	/**
	 * Returns whether the exit code is zero.
	 * @return whether the command reported success
	 */
	public boolean isSuccessful() {
		return this.exitCode == 0;
	}

}
