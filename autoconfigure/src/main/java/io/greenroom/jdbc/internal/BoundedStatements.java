package io.greenroom.jdbc.internal;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

import io.greenroom.observe.internal.Failures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Executes statements that may wait for another transaction, and limits that wait.
 * <p>
 * PostgreSQL's driver wakes a thread for each statement with a timeout, which takes
 * longer than a short statement. Here, one thread looks at all running statements from
 * time to time, and cancels those that are overdue. It exists while there are statements,
 * and ends a moment later. Safe for use by many threads.
 */
final class BoundedStatements {

	private static final Logger log = LoggerFactory.getLogger(BoundedStatements.class);

	/** The time between two looks, in nanoseconds. */
	private static final long PAUSE = 200_000_000;

	/** The number of looks in a row that find no statement before the thread ends. */
	private static final int IDLE = 10;

	private final int seconds;

	private final Set<Running> running = ConcurrentHashMap.newKeySet();

	/** Whether a thread looks at the running statements. */
	private final AtomicBoolean watched = new AtomicBoolean();

	/**
	 * Creates an object without running statements.
	 * @param limit how long a statement may take, in whole seconds and at least one
	 */
	BoundedStatements(Duration limit) {
		this.seconds = Math.clamp(limit.toSeconds(), 1, Integer.MAX_VALUE);
	}

	/** Returns the limit in seconds. */
	int seconds() {
		return this.seconds;
	}

	/** Returns whether no thread looks at statements. */
	boolean isQuiet() {
		return !this.watched.get();
	}

	/**
	 * Executes a statement that changes rows.
	 * @param statement the statement
	 * @param database the kind of database that it is for
	 * @return the number of changed rows
	 * @throws SQLException if it fails or takes too long
	 */
	int update(PreparedStatement statement, Database database) throws SQLException {
		if (database == Database.POSTGRESQL) {
			return watched(statement);
		}
		if (database.hasQueryTimeout()) {
			statement.setQueryTimeout(this.seconds);
		}
		return statement.executeUpdate();
	}

	private int watched(PreparedStatement statement) throws SQLException {
		Running mine = new Running(statement, System.nanoTime());
		this.running.add(mine);
		try {
			if (!this.watched.get() && this.watched.compareAndSet(false, true)) {
				watch();
			}
			return statement.executeUpdate();
		}
		finally {
			this.running.remove(mine);
		}
	}

	private void watch() {
		boolean started = false;
		try {
			Thread.ofPlatform().daemon().name("greenroom-statements").start(this::look);
			started = true;
		}
		finally {
			if (!started) {
				this.watched.set(false);
			}
		}
	}

	private void look() {
		int idle = 0;
		while (idle < IDLE || !leave()) {
			LockSupport.parkNanos(PAUSE);
			idle = this.running.isEmpty() ? idle + 1 : 0;
			long now = System.nanoTime();
			for (Running each : this.running) {
				if (now - each.since() > this.seconds * 1_000_000_000L) {
					cancel(each.statement());
				}
			}
		}
	}

	/** Returns whether the thread may end: a statement that begins now starts another. */
	private boolean leave() {
		this.watched.set(false);
		return this.running.isEmpty() || !this.watched.compareAndSet(false, true);
	}

	/** Does nothing if the statement has ended in the meantime. */
	private static void cancel(Statement statement) {
		try {
			statement.cancel();
		}
		catch (SQLException | RuntimeException failure) {
			Failures.log(log, Level.DEBUG, failure, "A statement that takes too long could not be cancelled");
		}
	}

	/** A statement that is being executed; each is equal only to itself. */
	private static final class Running {

		private final Statement statement;

		private final long since;

		Running(Statement statement, long since) {
			this.statement = statement;
			this.since = since;
		}

		Statement statement() {
			return this.statement;
		}

		long since() {
			return this.since;
		}

	}

}
