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

	/** How long after many. */
	private static final Duration LONG_PAUSE = Duration.ofSeconds(1);

	/** How many failures in a row are more than a shortage. */
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
		}
		catch (Throwable failure) {
			listener.close();
			throw failure;
		}
		return listen(scheduler, pool, listener, handler);
	}

	/** Starts a server with a listener that is bound. */
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

	/** Ends with the listener only; and that with this, so that no port is left deaf. */
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
				log.error("{} accepts no more, as its green thread was ended", name());
				closeListener();
			}
		}
	}

	/**
	 * Returns whether the listener works; what becomes of the client is another thing.
	 */
	private boolean acceptOne() throws InterruptedException {
		Socket socket;
		try {
			socket = (Turns.current() == null) ? this.listener.accept()
					: Objects.requireNonNull(Outside.call("greenroom-accept", this.listener::accept));
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
			log.error("{} has not accepted anything for {} tries: its listener may be dead; close it and listen anew",
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
			// Also when it is killed before it has begun.
			thread.link((_) -> connection.close());
		}
		catch (Throwable notServed) {
			connection.close();
			rejectEnd(notServed);
			if (notServed instanceof PoolClosedException || notServed instanceof SchedulerClosedException) {
				log.warn("{} accepts no more: {}", name(), Failures.describe(notServed));
				closeListener();
				return;
			}
			Failures.log(log, Level.ERROR, notServed, "{} could not serve a client, whose connection is closed",
					name());
		}
	}

	/** Lets through what ends the acceptor: a kill, not whatever looks like one. */
	private void rejectEnd(Throwable failure) throws InterruptedException {
		if (this.acceptor.state() == GreenThread.State.KILLED) {
			InterruptedException killed = new InterruptedException();
			killed.initCause(failure);
			throw killed;
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
	 * Closes the listener at once, waits for the handlers up to the limit, and kills
	 * those left. May be called by a handler, which is spared. A second stop waits for
	 * the same handlers.
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
				Failures.log(log, Level.DEBUG, broken, "The connection of {} to {} broke", name(),
						this.socket.getRemoteSocketAddress());
			}
			catch (Throwable failure) {
				if (!this.killed) {
					Failures.log(log, Level.ERROR, failure,
							"A handler of {} failed; its connection to {} is closed, the others go on", name(),
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
		 * @throws Exception whatever ends this connection, and no other
		 */
		void handle(Socket connection) throws Exception;

	}

}
