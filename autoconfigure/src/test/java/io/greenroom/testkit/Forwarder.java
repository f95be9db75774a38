package io.greenroom.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * Makes a server that listens on a socket in the file system reachable on loopback, on a
 * host that has no other way to it.
 */
public final class Forwarder {

	private final ServerSocketChannel listening;

	private final UnixDomainSocketAddress server;

	/** Begins to listen; does so till the JVM ends. */
	public Forwarder(int port, Path server) {
		this.server = UnixDomainSocketAddress.of(server);
		try {
			this.listening = ServerSocketChannel.open()
				.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		Thread.ofPlatform().daemon().name("forwarder").start(this::accept);
	}

	private void accept() {
		while (true) {
			try {
				SocketChannel client = this.listening.accept();
				SocketChannel mine = SocketChannel.open(this.server);
				Thread.ofPlatform().daemon().name("to-server").start(() -> copy(client, mine));
				Thread.ofPlatform().daemon().name("to-client").start(() -> copy(mine, client));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	}

	private static void copy(SocketChannel from, SocketChannel to) {
		ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
		try (from; to) {
			while (from.read(buffer) >= 0) {
				buffer.flip();
				while (buffer.hasRemaining()) {
					to.write(buffer);
				}
				buffer.clear();
			}
		}
		catch (IOException closed) {
			// By the other direction.
		}
	}

}
