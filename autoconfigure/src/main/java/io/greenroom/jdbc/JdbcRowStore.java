package io.greenroom.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import io.greenroom.durable.Row;
import io.greenroom.durable.RowId;
import io.greenroom.durable.RowStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Keeps the rows of durable handlers in the application's own database, in the
 * transactions that Spring has begun there. Safe for use by many threads.
 */
public final class JdbcRowStore implements RowStore {

	private static final Logger log = LoggerFactory.getLogger(JdbcRowStore.class);

	private static final String FIND = "select handler, key_, version, shape, stored from greenroom_row where handler = ? and key_ = ?";

	private static final String UPDATE = "update greenroom_row set version = ?, shape = ?, stored = ? where handler = ? and key_ = ? and version = ?";

	private static final String INSERT = "insert into greenroom_row (version, shape, stored, handler, key_) values (?, ?, ?, ?, ?)";

	private final DataSource dataSource;

	private final JdbcTemplate jdbc;

	private final SchemaMode schema;

	private final int lockTimeout;

	/** Nothing until the database was first reached. */
	private volatile @Nullable Database database;

	/**
	 * Makes a store, which does not connect yet.
	 * @param dataSource the database
	 * @param schema who makes the tables
	 * @param lockTimeout how long a write waits for a transaction that has the row; at
	 * least a second
	 */
	public JdbcRowStore(DataSource dataSource, SchemaMode schema, Duration lockTimeout) {
		DataSource behind = (dataSource instanceof TransactionAwareDataSourceProxy proxy) ? proxy.getTargetDataSource()
				: null;
		this.dataSource = (behind != null) ? behind : dataSource;
		this.schema = schema;
		this.lockTimeout = Math.clamp(lockTimeout.toSeconds(), 1, Integer.MAX_VALUE);
		this.jdbc = new JdbcTemplate(this.dataSource);
	}

	@Override
	public void open() {
		if (this.schema == SchemaMode.NONE) {
			return;
		}
		Database reached = database();
		Schema tables = new Schema(this.dataSource, reached);
		if (this.schema == SchemaMode.CREATE) {
			tables.create();
		}
		tables.validate();
		if (Boolean.TRUE.equals(this.jdbc.execute((ConnectionCallback<Boolean>) reached::writesLate))) {
			log.warn(
					"H2 keeps commits in memory for a while, so that a crash may lose what callers were told is stored; add ;WRITE_DELAY=0 to spring.datasource.url");
		}
	}

	private Database database() {
		Database known = this.database;
		if (known == null) {
			known = Database.of(this.dataSource);
			this.database = known;
		}
		return known;
	}

	@Override
	public List<String> handlers() {
		if (this.schema == SchemaMode.NONE) {
			// The start is to go without the database.
			return List.of();
		}
		List<String> found = new ArrayList<>();
		String next = first("");
		while (next != null) {
			found.add(next);
			next = first(next);
		}
		return found;
	}

	/** By the index, so that a million rows don't matter. */
	private @Nullable String first(String after) {
		return this.jdbc.queryForObject("select min(handler) from greenroom_row where handler > ?", String.class,
				after);
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
					"The database takes %s for %s; give the columns handler and key_ of greenroom_row a collation that tells all texts apart"
						.formatted(id, row.id()));
		}
		return row;
	}

	private static Row row(ResultSet result) throws SQLException {
		return new Row(new RowId(result.getString(1), result.getString(2)), result.getLong(3), result.getInt(4),
				result.getString(5));
	}

	@Override
	public boolean write(Row row) {
		boolean first = row.version() == 1;
		Database known = database();
		boolean own = transaction() == Transaction.NONE;
		String sql = first ? INSERT + known.unlessThere() : UPDATE;
		// What a body has done is stored though it was told to hurry; and H2 would close
		// its file on an interrupted thread.
		boolean interrupted = Thread.interrupted();
		try {
			return Boolean.TRUE.equals(this.jdbc
				.execute((ConnectionCallback<Boolean>) (connection) -> write(connection, sql, row, known, own)));
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

	private boolean write(Connection connection, String sql, Row row, Database known, boolean own) throws SQLException {
		boolean done;
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			if (known.hasQueryTimeout()) {
				statement.setQueryTimeout(this.lockTimeout);
			}
			statement.setLong(1, row.version());
			statement.setInt(2, row.shape());
			statement.setString(3, row.stored());
			statement.setString(4, row.id().handler());
			statement.setString(5, row.id().key());
			if (row.version() > 1) {
				statement.setLong(6, row.version() - 1);
			}
			done = statement.executeUpdate() == 1;
		}
		if (own && !connection.getAutoCommit()) {
			connection.commit();
		}
		return done;
	}

	@Override
	public Transaction transaction() {
		if (!TransactionSynchronizationManager.isActualTransactionActive()
				|| !TransactionSynchronizationManager.isSynchronizationActive()) {
			// Without synchronizations it has ended already, and tells who has waited.
			return Transaction.NONE;
		}
		if (!(TransactionSynchronizationManager.getResource(this.dataSource) instanceof ConnectionHolder holder)
				|| isForItself(holder)) {
			return Transaction.FOREIGN;
		}
		return TransactionSynchronizationManager.isCurrentTransactionReadOnly() ? Transaction.READ_ONLY
				: Transaction.JOINED;
	}

	/** Used in a transaction, but not of it. */
	private static boolean isForItself(ConnectionHolder holder) {
		try {
			return holder.getConnection().getAutoCommit();
		}
		catch (SQLException broken) {
			// Whoever writes will hear of it.
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
				&& TransactionSynchronizationManager.getSynchronizations().contains(new EndOfTransaction(ending));
	}

}
