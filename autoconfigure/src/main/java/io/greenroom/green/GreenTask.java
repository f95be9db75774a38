package io.greenroom.green;

/** The body of a green thread, which returns nothing and may throw any exception. */
@FunctionalInterface
public interface GreenTask {

	/**
	 * Runs the body.
	 * @throws Exception if the body fails, which is the outcome of the green thread
	 */
	void run() throws Exception;

}
