package io.greenroom.green;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TCP server that runs plain blocking code: each connection is handled on a green
 * thread of its own, in a slot of a pool.
 * <p>
 * While the pool is full no further connection is accepted; at most one waits accepted in
 * the pool's line, the others in the listener's backlog. A connection's socket is closed
 * when its handler ends in any way; a handler that fails is logged, at debug level where
 * it throws an {@link IOException}, and touches no other. A draining scheduler stops its
 * servers, and waits for handlers that only wait for their clients as for any; close the
 * server earlier where that is not wanted. Safe for use by many threads. The idea is
 * gevent's stream server.
 */
public final class GreenServer implements GreenService, AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(GreenServer.class);

	/** How long not to accept after a failure, such as too many open files. */
	private static final Duration PAUSE = Duration.ofMillis(100);

	private final GreenScheduler scheduler;

	private final GreenPool pool;

	private final Handler handler;

	private final ServerSocket listener;

	private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

	private final GreenThread<Void> acceptor;

	private GreenServer(GreenScheduler scheduler, GreenPool pool, ServerSocket listener, Handler handler) {
		this.scheduler = scheduler;
		this.pool = pool;
		this.listener = listener;
		this.handler = handler;
		this.acceptor = scheduler.unstarted(name(), GreenScheduler.callable(this::accept));
	}

	/**
	 * Starts a server.
	 * @param scheduler the scheduler that stops the server when it drains
	 * @param pool the pool whose slots the connections take; it may be shared, and stays
	 * open when the server stops
	 * @param address where to listen; with port 0 the system chooses one, see
	 * {@link #port()}
	 * @param handler what handles each connection
	 * @return the server, which accepts connections already
	 * @throws IOException if the address can't be bound
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 */
	public static GreenServer listen(GreenScheduler scheduler, GreenPool pool, InetSocketAddress address,
			Handler handler) throws IOException {
		Objects.requireNonNull(scheduler, "scheduler");
		Objects.requireNonNull(pool, "pool");
		Objects.requireNonNull(handler, "handler");
		ServerSocket listener = new ServerSocket();
		try {
			listener.bind(Objects.requireNonNull(address, "address"));
			GreenServer server = new GreenServer(scheduler, pool, listener, handler);
			scheduler.attach(server);
			server.acceptor.start();
			return server;
		}
		catch (Throwable failure) {
			listener.close();
			throw failure;
		}
	}

	private void accept() throws InterruptedException {
		while (!this.listener.isClosed()) {
			try {
				serve(new Connection(this.listener.accept()));
			}
			catch (RejectedExecutionException closed) {
				log.warn("{} accepts no more: {}", name(), closed.getMessage());
				closeListener();
			}
			catch (IOException failure) {
				if (!this.listener.isClosed()) {
					log.warn("{} could not accept a connection; trying again in {}", name(), PAUSE, failure);
					Thread.sleep(PAUSE);
				}
			}
		}
	}

	private void serve(Connection connection) throws InterruptedException {
		this.connections.add(connection);
		try {
			GreenThread<Void> thread = this.pool.spawn(connection::handle);
			connection.thread = thread;
			// Also when it is killed before it has begun.
			thread.link((_) -> connection.close());
		}
		catch (Throwable notServed) {
			connection.close();
			throw notServed;
		}
	}

	/**
	 * Returns the server's name.
	 * @return the name for reports and of its accepting thread, with the port
	 */
	@Override
	public String name() {
		return "server-" + port();
	}

	/**
	 * Returns the port.
	 * @return the local port, also the one that the system chose
	 */
	public int port() {
		return this.listener.getLocalPort();
	}

	/**
	 * Returns how many connections are open.
	 * @return the number of those being handled or waiting for a slot
	 */
	public int connections() {
		return this.connections.size();
	}

	/**
	 * Closes the listener at once, waits for the handlers at most so long, and kills
	 * those left. May be called by a handler, which is spared. A second stop waits for
	 * the same handlers.
	 * @param grace how long the handlers may take; zero kills them at once
	 * @throws InterruptedException if the caller is interrupted while it waits; the
	 * handlers left are killed
	 * @throws IllegalArgumentException if the time is negative
	 */
	@Override
	public void stop(Duration grace) throws InterruptedException {
		Deadline deadline = Deadline.after(grace);
		closeListener();
		this.acceptor.kill();
		try {
			this.acceptor.join();
			joinHandlers(deadline);
		}
		finally {
			List<Connection> left = others();
			left.forEach(Connection::kill);
			if (!left.isEmpty()) {
				log.warn("{} stopped; connections killed after {}: {}", name(), grace, left.size());
			}
			this.scheduler.detach(this);
		}
	}

	private void joinHandlers(Deadline deadline) throws InterruptedException {
		for (Connection connection : others()) {
			if (!Objects.requireNonNull(connection.thread).join(deadline.remaining())) {
				return;
			}
		}
	}

	/** All that wait or run but the one that asks. */
	private List<Connection> others() {
		return this.connections.stream().filter((connection) -> !connection.runsHere()).toList();
	}

	private void closeListener() {
		try {
			this.listener.close();
		}
		catch (IOException failure) {
			log.warn("{} could not close its listener", name(), failure);
		}
	}

	/**
	 * Stops with the time that the scheduler gives its threads when it closes.
	 * @see #stop(Duration)
	 */
	@Override
	public void close() {
		try {
			stop(this.scheduler.drainTimeout());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public String toString() {
		return "GreenServer[" + this.listener.getLocalSocketAddress() + ", " + connections() + " connections]";
	}

	/** One client. Its socket is closed, and it is forgotten, in one step. */
	private final class Connection {

		private final Socket socket;

		/** Written by the acceptor, which is joined before it is read. */
		private volatile @Nullable GreenThread<Void> thread;

		private volatile boolean killed;

		Connection(Socket socket) {
			this.socket = socket;
		}

		private void handle() {
			try {
				GreenServer.this.handler.handle(this.socket);
			}
			catch (IOException broken) {
				// Clients leave and send nonsense; a public port must not fill the log.
				log.debug("The connection of {} to {} broke", name(), this.socket.getRemoteSocketAddress(), broken);
			}
			catch (Throwable failure) {
				if (!this.killed) {
					log.error("A handler of {} failed; its connection to {} is closed, the others go on", name(),
							this.socket.getRemoteSocketAddress(), failure);
				}
			}
			finally {
				close();
			}
		}

		boolean runsHere() {
			GreenThread<Void> thread = this.thread;
			return thread != null && thread.carrier() == Thread.currentThread();
		}

		void kill() {
			this.killed = true;
			if (this.thread != null) {
				this.thread.kill();
			}
			close();
		}

		void close() {
			GreenServer.this.connections.remove(this);
			try {
				this.socket.close();
			}
			catch (IOException failure) {
				log.debug("The connection to {} was not closed cleanly", this.socket.getRemoteSocketAddress(), failure);
			}
		}

	}

	/** Handles one connection. */
	@FunctionalInterface
	public interface Handler {

		/**
		 * Talks to one client. The server closes the socket afterwards.
		 * @param connection the connected socket
		 * @throws Exception whatever ends this connection, and no other
		 */
		void handle(Socket connection) throws Exception;

	}

}
