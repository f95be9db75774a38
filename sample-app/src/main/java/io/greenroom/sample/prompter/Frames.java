package io.greenroom.sample.prompter;

import java.io.DataInputStream;
import java.io.OutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Complete messages on a socket: four bytes of length, followed by the text in UTF-8. */
final class Frames implements AutoCloseable {

	/** Limits the memory that a length field can make the reader allocate. */
	static final int LONGEST = 4096;

	private final Socket socket;

	private final DataInputStream in;

	private final OutputStream out;

	Frames(Socket socket) throws IOException {
		this.socket = socket;
		this.in = new DataInputStream(socket.getInputStream());
		this.out = socket.getOutputStream();
	}

	/**
	 * Blocks until a message has arrived.
	 * @throws java.io.EOFException if the other end has closed the connection
	 */
	String read() throws IOException {
		int length = this.in.readInt();
		if (length < 0 || length > LONGEST) {
			throw new IOException(
					"The other end announced a message of %s bytes; up to %s are read".formatted(length, LONGEST));
		}
		byte[] text = new byte[length];
		this.in.readFully(text);
		return new String(text, StandardCharsets.UTF_8);
	}

	void write(String message) throws IOException {
		byte[] text = message.getBytes(StandardCharsets.UTF_8);
		byte[] frame = ByteBuffer.allocate(Integer.BYTES + text.length).putInt(text.length).put(text).array();
		this.out.write(frame); // in one write, and so not in two packets
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
