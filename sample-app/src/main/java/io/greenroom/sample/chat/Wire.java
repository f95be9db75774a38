package io.greenroom.sample.chat;

import java.io.IOException;

/**
 * The connection of a member to the room. Used by one thread at a time, except for close.
 */
interface Wire extends AutoCloseable {

	/**
	 * Sends a line. Blocks while the other end does not read.
	 * @param line the line, without its end
	 * @throws IOException if the other end has disconnected
	 */
	void send(String line) throws IOException;

	@Override
	void close() throws IOException;

}
