package io.greenroom.sample.chat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * A terminal at the other end of a socket. Reads and writes lines. Only the beginning of
 * an endless line is kept.
 */
final class Telnet implements Wire {

	/**
	 * How much a client that does not read can leave in the buffers of the system, in
	 * bytes.
	 */
	private static final int UNREAD = 64 * 1024;

	private final Socket socket;

	private final Reader in;

	private final OutputStream out;

	Telnet(Socket socket) throws IOException {
		socket.setSendBufferSize(UNREAD);
		this.socket = socket;
		this.in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
		this.out = socket.getOutputStream();
	}

	/** Blocks until there is a line. Returns {@code null} at the end. */
	@Nullable String readLine() throws IOException {
		StringBuilder line = new StringBuilder();
		int c = this.in.read();
		if (c == -1) {
			return null;
		}
		for (; c != -1 && c != '\n'; c = this.in.read()) {
			if (line.length() < Room.LINE_LENGTH) {
				line.append((char) c);
			}
		}
		return line.toString();
	}

	@Override
	public void send(String line) throws IOException {
		this.out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
