package io.greenroom.sample.chat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import io.greenroom.sample.Customer;
import org.jspecify.annotations.Nullable;

/** A telnet client, with a limit on every wait. */
final class Terminal implements AutoCloseable {

	private final Socket socket = new Socket();

	private final BufferedReader in;

	private Terminal(int port) throws IOException {
		this.socket.setReceiveBufferSize(8 * 1024); // one that does not read has little
													// room
		this.socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
		this.socket.setSoTimeout((int) Customer.LIMIT.toMillis());
		this.in = new BufferedReader(new InputStreamReader(this.socket.getInputStream(), StandardCharsets.UTF_8));
	}

	static Terminal connect(int port) throws IOException {
		Terminal terminal = new Terminal(port);
		terminal.until("Your name, please:");
		return terminal;
	}

	/** Comes in, and has read who is there. */
	static Terminal enter(int port, String name) throws IOException {
		Terminal terminal = connect(port);
		terminal.say(name);
		terminal.until("* " + name + " came in.");
		return terminal;
	}

	void say(String line) throws IOException {
		this.socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
	}

	@Nullable String read() throws IOException {
		return this.in.readLine();
	}

	/** Reads on to the first line that contains the text. */
	String until(String text) throws IOException {
		for (String line = read(); line != null; line = read()) {
			if (line.contains(text)) {
				return line;
			}
		}
		throw new AssertionError("The connection ended, and nobody had said '" + text + "'");
	}

	/** Reads to the end. */
	boolean ends() throws IOException {
		while (read() != null) {
			continue;
		}
		return true;
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
