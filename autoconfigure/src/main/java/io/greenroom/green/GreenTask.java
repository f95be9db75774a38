package io.greenroom.green;

/** The body of a green thread that returns nothing and may throw anything. */
@FunctionalInterface
public interface GreenTask {

	/**
	 * Does the work.
	 * @throws Exception whatever ends the green thread as failed
	 */
	void run() throws Exception;

}
