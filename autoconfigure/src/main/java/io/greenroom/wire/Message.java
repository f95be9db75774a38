package io.greenroom.wire;

/** A message from one node to another about one call. */
public sealed interface Message permits Envelope, Answer {

	/**
	 * Returns the id of the call, which is the same for all of its sendings.
	 * @return the id, which is never used again
	 */
	String id();

	/**
	 * Returns which sending of the call the message belongs to.
	 * @return the number, from 1
	 */
	int attempt();

}
