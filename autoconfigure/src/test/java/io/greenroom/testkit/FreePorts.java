package io.greenroom.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for processes that are killed while others connect to them again and again. They
 * are none of those that Linux gives to outgoing connections: one of these could be given
 * the very port that it connects to, and be connected to itself.
 */
public final class FreePorts {

	private static final int LOWEST = 15_000;

	private static final int HIGHEST = 32_000;

	private static final int ATTEMPTS = 1000;

	private FreePorts() {
	}

	/** Returns different ports that nobody listens on. */
	public static List<Integer> of(int number) {
		List<ServerSocket> sockets = new ArrayList<>();
		try {
			for (int i = 0; i < ATTEMPTS && sockets.size() < number; i++) {
				tryBind(sockets);
			}
			List<Integer> free = sockets.stream().map(ServerSocket::getLocalPort).toList();
			for (ServerSocket socket : sockets) {
				socket.close();
			}
			if (free.size() < number) {
				throw new IllegalStateException("Of %d ports between %d and %d, %d are free after %d attempts"
					.formatted(number, LOWEST, HIGHEST, free.size(), ATTEMPTS));
			}
			return free;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void tryBind(List<ServerSocket> sockets) {
		try {
			sockets.add(new ServerSocket(ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST), 1,
					InetAddress.getLoopbackAddress()));
		}
		catch (IOException ex) {
			// Somebody has it.
		}
	}

}
