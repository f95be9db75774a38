package io.greenroom.jdbc.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import javax.sql.DataSource;

import io.greenroom.durable.internal.MadeCall;
import io.greenroom.durable.internal.Row.Place;
import io.greenroom.durable.internal.Row.Status;
import io.greenroom.durable.internal.Row;
import io.greenroom.durable.internal.RowId;
import io.greenroom.durable.internal.RowStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Stores the rows of durable handlers in the application's own database, in the
 * transactions that Spring has begun there. Safe for use by many threads.
 */
public final class JdbcRowStore implements RowStore {

	private static final Logger log = LoggerFactory.getLogger(JdbcRowStore.class);

	private static final String SELECT = "select handler, key_, version, shape, stored, state, args, status, since, deadline_at, node, error from greenroom_row";

	private static final String FIND = SELECT + " where handler = ? and key_ = ?";

	private static final String UPDATE = "update greenroom_row set version = ?, shape = ?, stored = ? where handler = ? and key_ = ? and version = ?";

	private static final String MOVE = "update greenroom_row set version = ?, shape = ?, stored = ?, state = ?, args = ?, status = ?, since = ?, deadline_at = ?, node = ?, error = ? where handler = ? and key_ = ? and version = ?";

	private static final String START = "insert into greenroom_row (version, shape, stored, state, args, status, since, deadline_at, node, error, handler, key_) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

	private static final String IN_STATE = " and state is not null and status in ('RUNNING', 'RESTING', 'DONE')";

	/** The maximum length of a stored error, in characters. */
	private static final int LONGEST_ERROR = 2000;

	/** How long a node's last sign of life is kept. */
	private static final Duration FORGOTTEN = Duration.ofDays(7);

	private static final String FORESTALL = "update greenroom_row set version = version + 1 where handler = ? and key_ = ? and version = ?";

	private static final String INSERT = "insert into greenroom_row (version, shape, stored, handler, key_) values (?, ?, ?, ?, ?)";

	private final DataSource dataSource;

	private final JdbcTemplate jdbc;

	private final StoreDatabase database;

	private final BoundedStatements bounded;

	/**
	 * Creates a store, which does not connect yet.
	 * @param dataSource the database
	 * @param schema who creates the tables
	 * @param lockTimeout how long a write waits for a transaction that holds the row; at
	 * least a second
	 */
	public JdbcRowStore(DataSource dataSource, SchemaMode schema, Duration lockTimeout) {
		this.database = new StoreDatabase(dataSource, schema);
		this.dataSource = this.database.dataSource();
		this.bounded = new BoundedStatements(lockTimeout);
		this.jdbc = new JdbcTemplate(this.dataSource);
	}

	@Override
	public void open() {
		if (this.database.open(Schema.Part.ROWS) && Boolean.TRUE
			.equals(this.jdbc.execute((ConnectionCallback<Boolean>) this.database.kind()::writesLate))) {
			log.warn(
					"H2 keeps commits in memory for a while, so a crash may lose acknowledged calls; add ;WRITE_DELAY=0 to spring.datasource.url");
		}
	}

	@Override
	public List<String> handlers() {
		return this.database.handlers(this.jdbc, "greenroom_row");
	}

	@Override
	public @Nullable Row find(RowId id) {
		List<Row> found = this.jdbc.query(FIND, (result, index) -> row(result), id.handler(), id.key());
		if (found.isEmpty()) {
			return null;
		}
		Row row = found.getFirst();
		if (!row.id().equals(id)) {
			throw new IllegalStateException(
					"The database considers %s equal to %s; give the columns handler and key_ of greenroom_row a collation that tells all texts apart"
						.formatted(id, row.id()));
		}
		return row;
	}

	private static Row row(ResultSet result) throws SQLException {
		return new Row(id(result), result.getLong(3), result.getInt(4), result.getString(5), place(result));
	}

	private static RowId id(ResultSet result) throws SQLException {
		return new RowId(result.getString(1), result.getString(2));
	}

	private static @Nullable Place place(ResultSet result) throws SQLException {
		String state = result.getString(6);
		if (state == null) {
			return null;
		}
		long deadline = result.getLong(10);
		Instant due = result.wasNull() ? null : Instant.ofEpochMilli(deadline);
		String written = result.getString(8);
		Status status = status(written);
		String error = (status != Status.UNKNOWN) ? result.getString(12)
				: "its status is '%s', but must be one of RUNNING, RESTING, DONE, FAILED and STOPPED"
					.formatted(written);
		return new Place(state, result.getString(7), status, Instant.ofEpochMilli(result.getLong(9)), due,
				result.getString(11), error);
	}

	/**
	 * A row may have been edited manually, and must not keep others from being listed.
	 */
	private static Status status(@Nullable String text) {
		return Arrays.stream(Status.values())
			.filter((known) -> known.name().equals(text))
			.findFirst()
			.orElse(Status.UNKNOWN);
	}

	@Override
	public boolean write(Row row, @Nullable MadeCall call) {
		boolean own = transaction() == Transaction.NONE;
		return write(row, (sql, known) -> Boolean.TRUE.equals(this.jdbc
			.execute((ConnectionCallback<Boolean>) (connection) -> write(connection, sql, row, call, known, own))));
	}

	@Override
	public boolean commit(Row row, @Nullable MadeCall call) {
		return write(row, (sql, known) -> {
			try (Connection connection = this.dataSource.getConnection()) {
				return write(connection, sql, row, call, known, true);
			}
			catch (SQLException failure) {
				throw translated("durable move", sql, failure);
			}
		});
	}

	@Override
	public boolean isCut() {
		if (!(TransactionSynchronizationManager.getResource(this.dataSource) instanceof ConnectionHolder holder)) {
			return false;
		}
		try {
			return !holder.getConnection().isValid(this.bounded.seconds());
		}
		catch (SQLException broken) {
			return true;
		}
		catch (RuntimeException unknown) {
			return false;
		}
	}

	@Override
	public boolean isNotCommitted(SQLException reason) {
		return this.database.kind().isBeforeCommit(reason);
	}

	@Override
	public boolean forestall(RowId id, long version) {
		Database known = this.database.kind();
		boolean interrupted = Thread.interrupted();
		try (Connection connection = this.dataSource.getConnection();
				PreparedStatement statement = connection.prepareStatement(FORESTALL)) {
			statement.setString(1, id.handler());
			statement.setString(2, id.key());
			statement.setLong(3, version);
			boolean done = this.bounded.update(statement, known) == 1;
			if (!connection.getAutoCommit()) {
				connection.commit();
			}
			return done;
		}
		catch (SQLException failure) {
			throw translated("lost commit", FORESTALL, failure);
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private RuntimeException translated(String task, String sql, SQLException failure) {
		return Objects.requireNonNullElseGet(this.jdbc.getExceptionTranslator().translate(task, sql, failure),
				() -> new UncategorizedSQLException(task, sql, failure));
	}

	private boolean write(Row row, Writing writing) {
		boolean first = row.version() == 1;
		Database known = this.database.kind();
		boolean moves = row.place() != null;
		String sql = first ? (moves ? START : INSERT) + known.unlessThere() : moves ? MOVE : UPDATE;
		// The result of a body is stored even if its thread was interrupted; and H2 would
		// close
		// its file on an interrupted thread.
		boolean interrupted = Thread.interrupted();
		try {
			return writing.write(sql, known);
		}
		catch (DuplicateKeyException there) {
			if (first) {
				return false;
			}
			throw there;
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private boolean write(Connection connection, String sql, Row row, @Nullable MadeCall call, Database known,
			boolean own) throws SQLException {
		if (call == null) {
			boolean done = write(connection, sql, row, known);
			if (own && !connection.getAutoCommit()) {
				connection.commit();
			}
			return done;
		}
		boolean together = own && connection.getAutoCommit();
		if (together) {
			connection.setAutoCommit(false);
		}
		boolean done = false;
		try {
			done = write(connection, sql, row, known) && add(connection, row.id(), call, known);
			if (own && done) {
				connection.commit();
			}
			return done;
		}
		finally {
			end(connection, own && !done, together);
		}
	}

	/**
	 * Work that was not committed must not be committed when the connection's own
	 * transaction ends.
	 */
	private static void end(Connection connection, boolean undo, boolean together) throws SQLException {
		if (undo) {
			connection.rollback();
		}
		if (together) {
			connection.setAutoCommit(true);
		}
	}

	private boolean write(Connection connection, String sql, Row row, Database known) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			statement.setLong(1, row.version());
			statement.setInt(2, row.shape());
			statement.setString(3, row.stored());
			int next = (row.place() != null) ? bind(statement, row.place()) : 4;
			statement.setString(next, row.id().handler());
			statement.setString(next + 1, row.id().key());
			if (row.version() > 1) {
				statement.setLong(next + 2, row.version() - 1);
			}
			return this.bounded.update(statement, known) == 1;
		}
	}

	/** Returns whether the call was inserted; {@code false} if it existed. */
	private boolean add(Connection connection, RowId id, MadeCall call, Database known) throws SQLException {
		String sql = "insert into greenroom_call (id, handler, key_, answer, until_) values (?, ?, ?, ?, %s + ?)%s"
			.formatted(known.now(), known.unlessThere());
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			statement.setString(1, call.id());
			statement.setString(2, id.handler());
			statement.setString(3, id.key());
			statement.setString(4, call.answer());
			statement.setLong(5, call.keep().toMillis());
			return this.bounded.update(statement, known) == 1;
		}
		catch (SQLException failure) {
			if (this.jdbc.getExceptionTranslator()
				.translate("made call", sql, failure) instanceof DuplicateKeyException) {
				return false;
			}
			throw failure;
		}
	}

	/** Returns the index of the next parameter. */
	private static int bind(PreparedStatement statement, Place place) throws SQLException {
		statement.setString(4, place.state());
		statement.setString(5, place.args());
		statement.setString(6, place.status().name());
		statement.setLong(7, millis(place.since()));
		if (place.deadline() != null) {
			statement.setLong(8, millis(place.deadline()));
		}
		else {
			statement.setNull(8, Types.BIGINT);
		}
		statement.setString(9, place.node());
		statement.setString(10, Database.storable(place.error(), LONGEST_ERROR));
		return 11;
	}

	/**
	 * An instant beyond the range of milliseconds becomes the greatest value, and so
	 * never comes.
	 */
	private static long millis(Instant time) {
		try {
			return time.toEpochMilli();
		}
		catch (ArithmeticException beyond) {
			return (time.getEpochSecond() < 0) ? Long.MIN_VALUE : Long.MAX_VALUE;
		}
	}

	@Override
	public List<Row> in(String handler, String state, int limit) {
		return this.jdbc.query(SELECT + " where handler = ? and state = ?" + IN_STATE + " order by since, key_ limit ?",
				(result, index) -> row(result), handler, state, limit);
	}

	@Override
	public Map<String, Long> counts(String handler) {
		Map<String, Long> counts = new TreeMap<>();
		this.jdbc.query("select state, count(*) from greenroom_row where handler = ?" + IN_STATE + " group by state",
				(result) -> {
					counts.put(result.getString(1), result.getLong(2));
				}, handler);
		return counts;
	}

	@Override
	public List<Row> stranded(String handler, Collection<String> states, int limit) {
		return this.jdbc.query(SELECT + isStranded(states) + " order by since, key_ limit ?",
				(result, index) -> row(result), arguments(handler, states, limit));
	}

	@Override
	public long strandedCount(String handler, Collection<String> states) {
		Long count = this.jdbc.queryForObject("select count(*) from greenroom_row" + isStranded(states), Long.class,
				arguments(handler, states));
		return (count != null) ? count : 0;
	}

	private static String isStranded(Collection<String> states) {
		return " where handler = ? and state is not null and (status is null or status not in ('RUNNING', 'RESTING', 'DONE', 'STOPPED') or state not in ("
				+ marks(states) + "))";
	}

	@Override
	public List<RowId> due(String handler, Collection<String> states, Instant until, int limit) {
		return this.jdbc.query(
				"select handler, key_ from greenroom_row where handler = ? and state in (" + marks(states)
						+ ") and deadline_at <= ? and status in ('RUNNING', 'RESTING') order by deadline_at limit ?",
				(result, index) -> id(result), arguments(handler, states, millis(until), limit));
	}

	@Override
	public List<RowId> abandoned(String handler, Collection<String> states, Duration timeout, int limit) {
		return this.jdbc.query("select handler, key_ from greenroom_row where handler = ? and state in ("
				+ marks(states)
				+ ") and status = 'RUNNING' and node is not null and not exists (select 1 from greenroom_node n where n.id = greenroom_row.node and n.seen_at > "
				+ this.database.kind().now() + " - ?) order by since limit ?", (result, index) -> id(result),
				arguments(handler, states, timeout.toMillis(), limit));
	}

	private static String marks(Collection<String> values) {
		return String.join(", ", Collections.nCopies(values.size(), "?"));
	}

	private static Object[] arguments(String handler, Collection<String> states, Object... more) {
		List<Object> all = new ArrayList<>();
		all.add(handler);
		all.addAll(states);
		all.addAll(Arrays.asList(more));
		return all.toArray();
	}

	@Override
	public void seen(String node) {
		String now = this.database.kind().now();
		if (this.jdbc.update("update greenroom_node set seen_at = " + now + " where id = ?", node) > 0) {
			return;
		}
		this.jdbc.update("delete from greenroom_node where seen_at < " + now + " - ?", FORGOTTEN.toMillis());
		try {
			this.jdbc.update("insert into greenroom_node (id, seen_at) values (?, " + now + ")", node);
		}
		catch (DuplicateKeyException there) {
			// Another thread of this node was faster.
		}
	}

	@Override
	public void left(String node) {
		this.jdbc.update("delete from greenroom_node where id = ?", node);
	}

	@Override
	public boolean isSeen(String node, Duration timeout) {
		return !this.jdbc
			.queryForList(
					"select 1 from greenroom_node where id = ? and seen_at > " + this.database.kind().now() + " - ?",
					Integer.class, node, timeout.toMillis())
			.isEmpty();
	}

	/** Writes a row with a statement. */
	@FunctionalInterface
	private interface Writing {

		boolean write(String sql, Database database);

	}

	@Override
	public Transaction transaction() {
		if (!TransactionSynchronizationManager.isActualTransactionActive()
				|| !TransactionSynchronizationManager.isSynchronizationActive()) {
			// Without synchronizations, the transaction has already ended and is
			// notifying its
			// listeners.
			return Transaction.NONE;
		}
		if (!(TransactionSynchronizationManager.getResource(this.dataSource) instanceof ConnectionHolder holder)
				|| isForItself(holder)) {
			return Transaction.FOREIGN;
		}
		return TransactionSynchronizationManager.isCurrentTransactionReadOnly() ? Transaction.READ_ONLY
				: Transaction.JOINED;
	}

	/**
	 * Returns whether the connection is used while a transaction is active, but is not
	 * part of it.
	 */
	private static boolean isForItself(ConnectionHolder holder) {
		try {
			return holder.getConnection().getAutoCommit();
		}
		catch (SQLException broken) {
			// The write itself will report the failure.
			return false;
		}
	}

	@Override
	public void atEnd(Ending ending) {
		TransactionSynchronizationManager.registerSynchronization(new EndOfTransaction(ending));
	}

	@Override
	public boolean isOfThisTransaction(Ending ending) {
		return TransactionSynchronizationManager.isSynchronizationActive()
				&& TransactionSynchronizationManager.getSynchronizations()
					.stream()
					.anyMatch((each) -> each instanceof EndOfTransaction end && end.tells(ending));
	}

}
