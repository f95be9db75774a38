package io.greenroom.wire;

/** What one node says to another about one call. */
public sealed interface Message permits Envelope, Answer {

	/**
	 * Returns which call it is about: the same id however often it is sent.
	 * @return the id, unique for ever
	 */
	String id();

	/**
	 * Returns which sending of the call this belongs to.
	 * @return the number, from 1
	 */
	int attempt();

}
