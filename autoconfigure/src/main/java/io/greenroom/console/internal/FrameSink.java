package io.greenroom.console.internal;

import java.io.IOException;

/** Where the frames of one viewer go. Used by one thread. */
interface FrameSink {

	/**
	 * Writes a frame, and returns when it is on its way. May wait for the viewer to read.
	 * @param frame JSON in one line
	 * @throws IOException if the viewer has left
	 */
	void write(byte[] frame) throws IOException;

}
