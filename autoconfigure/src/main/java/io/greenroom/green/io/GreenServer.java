package io.greenroom.green.io;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.greenroom.green.Deadline;
import io.greenroom.green.GreenPool;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenService;
import io.greenroom.green.GreenThread;
import io.greenroom.green.Parking;
import io.greenroom.green.PoolClosedException;
import io.greenroom.green.SchedulerClosedException;
import io.greenroom.green.internal.Outside;
import io.greenroom.green.internal.Turns;
import io.greenroom.observe.internal.Failures;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A TCP server that runs plain blocking code: each connection is handled on a green
 * thread of its own, in a slot of a pool.
 * <p>
 * While the pool is full, no further connection is accepted: at most one accepted
 * connection waits in the pool's line, and the others wait in the listener's backlog. The
 * socket of a connection is closed when its handler ends in any way. A handler that fails
 * is logged, at debug level if it throws an {@link IOException}, and does not affect
 * others. A draining scheduler stops its servers, and waits for all handlers, even those
 * that only wait for their clients; close the server earlier to avoid that. Thread-safe.
 * Inspired by gevent's stream server.
 */
public final class GreenServer implements GreenService, AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(GreenServer.class);

	/** The pause after a failure to accept, such as too many open files. */
	private static final Duration PAUSE = Duration.ofMillis(100);

	/** The pause after many failures. */
	private static final Duration LONG_PAUSE = Duration.ofSeconds(1);

	/** How many failures in a row are more than a temporary shortage. */
	private static final int MANY = 30;

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
		this.acceptor = scheduler.unstarted(name(), this::accept);
	}

	/**
	 * Starts a server.
	 * @param scheduler the scheduler that stops the server when it drains
	 * @param pool the pool whose slots the connections take; it may be shared, and stays
	 * open when the server stops
	 * @param address where to listen; with port 0 the system chooses one, see
	 * {@link #port()}
	 * @param handler what handles each connection
	 * @return the server, which already accepts connections
	 * @throws IOException if the address cannot be bound
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
		}
		catch (Throwable failure) {
			listener.close();
			throw failure;
		}
		return listen(scheduler, pool, listener, handler);
	}

	/** Starts a server with a bound listener. */
	static GreenServer listen(GreenScheduler scheduler, GreenPool pool, ServerSocket listener, Handler handler)
			throws IOException {
		GreenServer started = null;
		try {
			GreenServer server = new GreenServer(scheduler, pool, listener, handler);
			scheduler.attach(server);
			started = server;
			server.acceptor.start();
			return server;
		}
		catch (Throwable failure) {
			listener.close();
			if (started != null) {
				scheduler.detach(started);
			}
			throw failure;
		}
	}

	/**
	 * Accepts until the listener is closed. When it ends, it closes the listener, so that
	 * no port is left without an acceptor.
	 */
	private void accept() throws InterruptedException {
		try {
			int failures = 0;
			while (!this.listener.isClosed()) {
				failures = acceptOne() ? 0 : failures + 1;
				if (failures > 0 && !this.listener.isClosed()) {
					pause(failures);
				}
			}
		}
		finally {
			if (!this.listener.isClosed()) {
				log.error("{} no longer accepts connections, because its green thread was killed", name());
				closeListener();
			}
		}
	}

	/**
	 * Returns whether the listener works, regardless of what becomes of the client.
	 */
	private boolean acceptOne() throws InterruptedException {
		Socket socket;
		try {
			socket = (Turns.current() == null) ? this.listener.accept()
					: Objects.requireNonNull(Outside.awaitWork("greenroom-accept", this.listener::accept));
		}
		catch (Throwable failure) {
			rejectEnd(failure);
			return tell(failure);
		}
		serve(socket);
		return true;
	}

	private boolean tell(Throwable failure) {
		if (!this.listener.isClosed()) {
			Failures.log(log, Level.WARN, failure, "{} could not accept a connection; trying again", name());
		}
		return false;
	}

	private void pause(int failures) throws InterruptedException {
		if (failures % MANY == 0) {
			log.error("{} has failed to accept {} times in a row: its listener may be dead; close it and listen again",
					name(), failures);
		}
		Parking.sleep((failures < MANY) ? PAUSE : LONG_PAUSE);
	}

	private void serve(Socket socket) throws InterruptedException {
		Connection connection = new Connection(socket);
		this.connections.add(connection);
		try {
			GreenThread<Void> thread = this.pool.spawn(connection::handle);
			connection.thread = thread;
			// Even if it is killed before it has begun.
			thread.link((_) -> connection.close());
		}
		catch (Throwable notServed) {
			connection.close();
			rejectEnd(notServed);
			if (notServed instanceof PoolClosedException || notServed instanceof SchedulerClosedException) {
				log.warn("{} no longer accepts connections: {}", name(), Failures.describe(notServed));
				closeListener();
				return;
			}
			Failures.log(log, Level.ERROR, notServed, "{} could not serve a client, whose connection is closed",
					name());
		}
	}

	/**
	 * Rethrows what must end the acceptor: a kill, not anything that merely looks like
	 * one.
	 */
	private void rejectEnd(Throwable failure) throws InterruptedException {
		if (this.acceptor.state() == GreenThread.State.KILLED) {
			InterruptedException killed = new InterruptedException();
			killed.initCause(failure);
			throw killed;
		}
	}

	/**
	 * Returns the server's name.
	 * @return the name, with the port; used for reports and the accepting thread
	 */
	@Override
	public String name() {
		return "server-" + port();
	}

	/**
	 * Returns the port.
	 * @return the local port, even if the system chose it
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
	 * Closes the listener at once, waits for the handlers within the grace period, and
	 * kills those that are left. A handler that calls this is spared. A second stop waits
	 * for the same handlers.
	 * @param grace how long the handlers may take; zero kills them at once
	 * @throws InterruptedException if the caller is interrupted while it waits; the
	 * handlers left are killed
	 * @throws IllegalArgumentException if the time is negative
	 */
	@Override
	public void stop(Duration grace) throws InterruptedException {
		Deadline deadline = Deadline.after(Objects.requireNonNull(grace, "grace"));
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

	/** Returns all waiting and running connections except that of the caller. */
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
	 * Stops with the scheduler's drain timeout as the grace period.
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

	/** One client. Closing its socket and removing it is one step. */
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
				// Clients disconnect and send garbage; a public port must not fill the
				// log.
				Failures.log(log, Level.DEBUG, broken, "The connection of {} to {} broke", name(),
						this.socket.getRemoteSocketAddress());
			}
			catch (Throwable failure) {
				if (!this.killed) {
					Failures.log(log, Level.ERROR, failure,
							"A handler of {} failed; its connection to {} is closed, and the others go on", name(),
							this.socket.getRemoteSocketAddress());
				}
			}
			finally {
				close();
			}
		}

		boolean runsHere() {
			GreenThread<Void> thread = this.thread;
			return thread != null && thread == GreenThread.current();
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
		 * @throws Exception if the connection fails; other connections are not affected
		 */
		void handle(Socket connection) throws Exception;

	}

}
