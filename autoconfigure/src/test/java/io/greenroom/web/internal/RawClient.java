package io.greenroom.web.internal;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A client that can misbehave: leave in the middle, or send its body bit by bit. */
final class RawClient implements AutoCloseable {

	private final Socket socket = new Socket();

	RawClient(int port) throws IOException {
		this.socket.connect(new InetSocketAddress("127.0.0.1", port), 20_000);
		this.socket.setSoTimeout(20_000);
		this.socket.setTcpNoDelay(true);
	}

	RawClient get(String path) throws IOException {
		return send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
	}

	/** Sends the head of a request with a body, and none of the body. */
	RawClient post(String path, String contentType, int length) throws IOException {
		return send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + contentType
				+ "\r\nContent-Length: " + length + "\r\n\r\n");
	}

	RawClient send(String text) throws IOException {
		this.socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
		this.socket.getOutputStream().flush();
		return this;
	}

	/** Reads until the server closes the connection, however it does. */
	String readToEnd() throws IOException {
		StringBuilder text = new StringBuilder();
		InputStream in = this.socket.getInputStream();
		try {
			for (int next = in.read(); next >= 0; next = in.read()) {
				text.append((char) next);
			}
		}
		catch (SocketException reset) {
			text.append("<reset>");
		}
		return text.toString();
	}

	String readLine() throws IOException {
		StringBuilder text = new StringBuilder();
		InputStream in = this.socket.getInputStream();
		for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
			text.append((char) next);
		}
		return text.toString().strip();
	}

	/** Leaves with a reset instead of a good-bye. */
	void reset() throws IOException {
		this.socket.setSoLinger(true, 0);
		this.socket.close();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
