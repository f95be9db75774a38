package io.greenroom.console.internal;

import java.io.IOException;

/** Receives the frames for one viewer. Used by one thread. */
interface FrameSink {

	/**
	 * Writes a frame and returns when it has been sent. This method may wait for the
	 * viewer to read.
	 * @param frame the JSON of the frame, in one line
	 * @throws IOException if the viewer has disconnected
	 */
	void write(byte[] frame) throws IOException;

}
