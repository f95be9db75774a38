package io.greenroom.green.internal;

/**
 * What a thread parks on, in the words of the part that it waits in. For the report of a
 * worker that is stuck.
 */
public interface Explained {

	/**
	 * Describes what a thread waits for, and who holds it. Takes no lock that a waiting
	 * thread may hold.
	 * @return the end of a sentence that begins with "it waits for"
	 */
	String explain(Thread waiting);

}
