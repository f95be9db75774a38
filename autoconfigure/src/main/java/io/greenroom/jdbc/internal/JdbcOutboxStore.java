package io.greenroom.jdbc.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

import javax.sql.DataSource;

import io.greenroom.durable.DeadLetter;
import io.greenroom.durable.internal.Lane;
import io.greenroom.durable.internal.OutboxStore;
import io.greenroom.durable.internal.StoredCall;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Stores durable oneway calls in the application's own database, in the transactions that
 * Spring has begun there. Submitters only insert rows. The ownership of lanes is kept in
 * a table that submitters do not touch. Safe for use by many threads.
 */
public final class JdbcOutboxStore implements OutboxStore {

	private static final String ADD = "insert into greenroom_outbox (handler, key_, method, args, context, call_id, submitted_at) values (?, ?, ?, ?, ?, ?, ?)";

	private static final String FIRST = "select id, call_id, method, args, context, submitted_at, handler, key_ from greenroom_outbox where handler = ? and key_ = ? order by handler, key_, id limit ?";

	private static final String FIRST_KEY = "select (select o.key_ from greenroom_outbox o where o.handler = ? order by o.handler, o.key_ limit 1), 1";

	private static final String REMOVE = "delete from greenroom_outbox where handler = ? and key_ = ? and id = ?";

	private static final String LETTER = "select call_id, handler, key_, method, args, submitted_at, died_at, attempts, error, halts from greenroom_dead_letter";

	private static final String LANE = " where handler = ? and key_ = ?";

	private static final String OWNED = LANE + " and owner = ?";

	/** The end of the pause of a lane that waits for a dead letter. */
	private static final long FOR_EVER = Long.MAX_VALUE;

	/** The number of lanes that are searched for the oldest call. */
	private static final int OLDEST_OF = 1000;

	private static final int LONGEST_ERROR = 4000;

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
	public JdbcOutboxStore(DataSource dataSource, SchemaMode schema, Duration lockTimeout) {
		this.database = new StoreDatabase(dataSource, schema);
		this.dataSource = this.database.dataSource();
		this.bounded = new BoundedStatements(lockTimeout);
		this.jdbc = new JdbcTemplate(this.dataSource);
	}

	@Override
	public void open() {
		this.database.open(Schema.Part.OUTBOX);
	}

	private String now() {
		return this.database.kind().now();
	}

	@Override
	public List<String> handlers() {
		return this.database.handlers(this.jdbc, "greenroom_outbox");
	}

	@Override
	public void add(Lane lane, String id, String method, String args, @Nullable String context) {
		update(ADD, lane.handler(), lane.key(), method, args, context, id, System.currentTimeMillis());
	}

	@Override
	public void whenCommitted(Lane lane, Runnable task) {
		AfterCommits.run(this.dataSource, lane, task);
	}

	@Override
	public boolean remove(Lane lane, long place) {
		return update(REMOVE, lane.handler(), lane.key(), place) == 1;
	}

	/** Runs in the thread's transaction, or commits by itself. */
	private int update(String sql, @Nullable Object... arguments) {
		Database known = this.database.kind();
		return uninterrupted(() -> {
			// Without a template, which wraps each connection.
			Connection connection = DataSourceUtils.getConnection(this.dataSource);
			try {
				// Asked before, so that nothing is stored if it fails.
				boolean commits = !isInTransaction() && !connection.getAutoCommit();
				int updated = update(connection, known, sql, arguments);
				if (commits) {
					connection.commit();
				}
				return updated;
			}
			catch (SQLException failure) {
				throw translated(failure);
			}
			finally {
				DataSourceUtils.releaseConnection(connection, this.dataSource);
			}
		});
	}

	/**
	 * Without synchronizations, the transaction has already ended and is notifying its
	 * listeners.
	 */
	private static boolean isInTransaction() {
		return TransactionSynchronizationManager.isActualTransactionActive()
				&& TransactionSynchronizationManager.isSynchronizationActive();
	}

	private int update(Connection connection, Database known, String sql, @Nullable Object... arguments)
			throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(sql)) {
			for (int i = 0; i < arguments.length; i++) {
				if (arguments[i] == null) {
					statement.setNull(i + 1, java.sql.Types.VARCHAR);
				}
				else {
					statement.setObject(i + 1, arguments[i]);
				}
			}
			return this.bounded.update(statement, known);
		}
	}

	/**
	 * Clears the interrupt flag meanwhile, because H2 would close its file on an
	 * interrupted thread.
	 */
	private static <R extends @Nullable Object> R uninterrupted(Supplier<R> work) {
		boolean interrupted = Thread.interrupted();
		try {
			return work.get();
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/** Runs in the thread's transaction, or in one of its own. */
	private <R extends @Nullable Object> R atomically(Function<JdbcTemplate, R> work) {
		if (isInTransaction() && TransactionSynchronizationManager.hasResource(this.dataSource)) {
			return work.apply(this.jdbc);
		}
		boolean bounded = this.database.kind().hasQueryTimeout();
		return uninterrupted(() -> {
			try (Connection connection = this.dataSource.getConnection()) {
				return atomically(connection, bounded ? this.bounded.seconds() : -1, work);
			}
			catch (SQLException failure) {
				throw translated(failure);
			}
		});
	}

	private static <R extends @Nullable Object> R atomically(Connection connection, int timeout,
			Function<JdbcTemplate, R> work) throws SQLException {
		boolean before = connection.getAutoCommit();
		connection.setAutoCommit(false);
		boolean done = false;
		try {
			JdbcTemplate own = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
			own.setQueryTimeout(timeout);
			R result = work.apply(own);
			connection.commit();
			done = true;
			return result;
		}
		finally {
			if (!done) {
				connection.rollback();
			}
			connection.setAutoCommit(before);
		}
	}

	private RuntimeException translated(SQLException failure) {
		RuntimeException known = this.jdbc.getExceptionTranslator().translate("durable oneway calls", null, failure);
		return (known != null) ? known
				: new org.springframework.jdbc.UncategorizedSQLException("durable oneway calls", null, failure);
	}

	@Override
	public List<StoredCall> first(Lane lane, int limit) {
		return this.jdbc.query(FIRST, (result, index) -> {
			requireEqual(lane, new Lane(result.getString(7), result.getString(8)));
			return call(result);
		}, lane.handler(), lane.key(), limit);
	}

	private static void requireEqual(Lane asked, Lane found) {
		if (!found.equals(asked)) {
			throw new IllegalStateException(
					"The database considers %s equal to %s, so their calls would be confused, and are not delivered; give the columns handler and key_ of greenroom_outbox, greenroom_lane and greenroom_dead_letter a collation that tells all texts apart"
						.formatted(found, asked));
		}
	}

	private static StoredCall call(ResultSet result) throws SQLException {
		return new StoredCall(result.getLong(1), result.getString(2), result.getString(3), result.getString(4),
				result.getString(5), Instant.ofEpochMilli(result.getLong(6)));
	}

	@Override
	public @Nullable Claim claim(Lane lane, String owner, Duration lease) {
		List<Found> found = this.jdbc.query("select owner, head, attempts, case when until_ <= " + now()
				+ " then 1 else 0 end from greenroom_lane" + LANE, Found::of, lane.handler(), lane.key());
		if (found.isEmpty()) {
			return enter(lane, owner, lease) ? new Claim(false, 0, 0) : null;
		}
		Found known = found.getFirst();
		boolean mine = owner.equals(known.owner());
		if (!known.over() && !mine) {
			return null;
		}
		boolean taken = update("update greenroom_lane set owner = ?, until_ = " + now() + " + ?" + LANE
				+ " and (until_ <= " + now() + " or owner = ?)", owner, lease.toMillis(), lane.handler(), lane.key(),
				owner) == 1;
		return taken ? new Claim(known.owner() != null && !mine, known.head(), known.attempts()) : null;
	}

	private boolean enter(Lane lane, String owner, Duration lease) {
		try {
			return update(
					"insert into greenroom_lane (handler, key_, owner, until_, head, attempts) values (?, ?, ?, "
							+ now() + " + ?, 0, 0)" + this.database.kind().unlessThere(),
					lane.handler(), lane.key(), owner, lease.toMillis()) == 1;
		}
		catch (DuplicateKeyException another) {
			return false;
		}
	}

	@Override
	public void renew(String owner, Duration lease) {
		update("update greenroom_lane set until_ = " + now() + " + ? where owner = ?", lease.toMillis(), owner);
	}

	@Override
	public void release(Lane lane, String owner) {
		update("delete from greenroom_lane" + OWNED, lane.handler(), lane.key(), owner);
	}

	@Override
	public void hand(Lane lane, String owner) {
		update("update greenroom_lane set owner = null, until_ = 0" + OWNED, lane.handler(), lane.key(), owner);
	}

	@Override
	public void handAll(String owner) {
		update("update greenroom_lane set owner = null, until_ = 0 where owner = ?", owner);
	}

	@Override
	public void note(Lane lane, String owner, long place, int attempts) {
		update("update greenroom_lane set head = ?, attempts = ?" + OWNED, place, attempts, lane.handler(), lane.key(),
				owner);
	}

	@Override
	public void postpone(Lane lane, String owner, long place, int attempts, Duration pause) {
		update("update greenroom_lane set owner = null, until_ = " + now() + " + ?, head = ?, attempts = ?" + OWNED,
				pause.toMillis(), place, attempts, lane.handler(), lane.key(), owner);
	}

	@Override
	public boolean bury(Lane lane, String owner, StoredCall call, int attempts, String error, boolean halts) {
		return atomically((own) -> {
			boolean there = own.update(REMOVE, lane.handler(), lane.key(), call.place()) == 1;
			if (there) {
				own.update(
						"insert into greenroom_dead_letter (call_id, handler, key_, id, method, args, context, submitted_at, died_at, attempts, error, halts) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
						call.id(), lane.handler(), lane.key(), call.place(), call.method(), call.args(), call.context(),
						call.submitted().toEpochMilli(), System.currentTimeMillis(), attempts,
						Database.storable(error, LONGEST_ERROR), halts);
			}
			if (there && halts) {
				own.update("update greenroom_lane set owner = null, until_ = ?, head = 0, attempts = 0" + OWNED,
						FOR_EVER, lane.handler(), lane.key(), owner);
			}
			return there;
		});
	}

	@Override
	public List<Lane> due(String handler, int limit) {
		return this.jdbc.query(
				"select key_ from greenroom_lane where handler = ? and until_ <= " + now() + " order by until_ limit ?",
				(result, index) -> new Lane(handler, result.getString(1)), handler, limit);
	}

	/**
	 * Skips from one lane to the next by the index, regardless of the number of calls in
	 * each.
	 */
	@Override
	public Walk walk(String handler, @Nullable String after, int limit) {
		List<Found> found = new ArrayList<>();
		String sql = lanes((after != null) ? "select " + this.database.kind().given() + ", 0" : FIRST_KEY)
				+ "select l.key_, 0, 0, case when a.until_ > " + now()
				+ " then 0 else 1 end from lane l left join greenroom_lane a on a.handler = ? and a.key_ = l.key_ where l.key_ is not null and l.n > 0 order by l.n";
		this.jdbc.query(sql, (result) -> {
			found.add(Found.of(result, 0));
		}, (after != null) ? after : handler, handler, limit, handler);
		List<Lane> free = new ArrayList<>();
		for (Found lane : found) {
			if (lane.over() && lane.owner() != null) {
				free.add(new Lane(handler, lane.owner()));
			}
		}
		return new Walk(free, (found.size() == limit) ? found.getLast().owner() : null);
	}

	/** Starts with a lane. The parameters are the handler and the number of lanes. */
	private String lanes(String first) {
		return "with recursive lane(key_, n) as (" + first + " union all "
				+ "select (select o.key_ from greenroom_outbox o where o.handler = ? and "
				+ this.database.kind().isAfter("o.key_", "l.key_")
				+ " order by o.handler, o.key_ limit 1), l.n + 1 from lane l where l.key_ is not null and l.n < ?) ";
	}

	@Override
	public Backlog backlog(String handler, int most) {
		Long waiting = this.jdbc.queryForObject(
				"select count(*) from (select 1 from greenroom_outbox where handler = ? limit ?) waiting", Long.class,
				handler, most);
		String sql = lanes(FIRST_KEY)
				+ "select min(h.at_) from (select (select o.submitted_at from greenroom_outbox o where o.handler = ? and o.key_ = l.key_ order by o.handler, o.key_, o.id limit 1) at_ from lane l where l.key_ is not null) h";
		Long oldest = this.jdbc.queryForObject(sql, Long.class, handler, handler, OLDEST_OF, handler);
		return new Backlog((waiting != null) ? waiting : 0, (oldest != null) ? Instant.ofEpochMilli(oldest) : null);
	}

	@Override
	public List<DeadLetter> dead(@Nullable String handler, int limit) {
		RowMapper<DeadLetter> letters = (result, index) -> letter(result);
		return (handler != null) ? this.jdbc.query(LETTER + " where handler = ? order by died_at, call_id limit ?",
				letters, handler, limit)
				: this.jdbc.query(LETTER + " order by died_at, call_id limit ?", letters, limit);
	}

	@Override
	public @Nullable DeadLetter dead(String id) {
		List<DeadLetter> found = this.jdbc.query(LETTER + " where call_id = ?", (result, index) -> letter(result), id);
		return found.isEmpty() ? null : found.getFirst();
	}

	private static DeadLetter letter(ResultSet result) throws SQLException {
		String key = result.getString(3);
		return new DeadLetter(result.getString(1), result.getString(2), key.isEmpty() ? null : key, result.getString(4),
				result.getString(5), Instant.ofEpochMilli(result.getLong(6)), Instant.ofEpochMilli(result.getLong(7)),
				result.getInt(8), result.getString(9), result.getBoolean(10));
	}

	@Override
	public Map<String, Long> dead() {
		Map<String, Long> counts = new TreeMap<>();
		this.jdbc.query("select handler, count(*) from greenroom_dead_letter group by handler", (result) -> {
			counts.put(result.getString(1), result.getLong(2));
		});
		return counts;
	}

	@Override
	public @Nullable Lane replay(String id) {
		return atomically((own) -> {
			Lane lane = laneOf(own, id);
			if (lane == null) {
				return null;
			}
			boolean halts = halts(own, id);
			String place = halts ? "id, " : "";
			own.update("insert into greenroom_outbox (" + place
					+ "handler, key_, method, args, context, call_id, submitted_at) select " + place
					+ "handler, key_, method, args, context, call_id, submitted_at from greenroom_dead_letter where call_id = ?",
					id);
			return remove(own, id, lane, halts) ? lane : null;
		});
	}

	@Override
	public @Nullable Lane discard(String id) {
		return atomically((own) -> {
			Lane lane = laneOf(own, id);
			if (lane == null) {
				return null;
			}
			boolean halts = halts(own, id);
			return remove(own, id, lane, halts) ? lane : null;
		});
	}

	private static boolean halts(JdbcTemplate own, String id) {
		return Boolean.TRUE
			.equals(own.queryForObject("select halts from greenroom_dead_letter where call_id = ?", Boolean.class, id));
	}

	/** Locks the letter, so that only one of several concurrent requests gets it. */
	private static @Nullable Lane laneOf(JdbcTemplate own, String id) {
		List<Lane> found = own.query("select handler, key_ from greenroom_dead_letter where call_id = ? for update",
				(result, index) -> new Lane(result.getString(1), result.getString(2)), id);
		return found.isEmpty() ? null : found.getFirst();
	}

	private static boolean remove(JdbcTemplate own, String id, Lane lane, boolean halts) {
		if (halts) {
			own.update("delete from greenroom_lane" + LANE + " and until_ = ?", lane.handler(), lane.key(), FOR_EVER);
		}
		return own.update("delete from greenroom_dead_letter where call_id = ?", id) == 1;
	}

	/**
	 * What is known of a lane.
	 *
	 * @param owner the owning node; on a walk, the key
	 * @param head the place of the call that the attempts belong to
	 * @param attempts the number of attempts of that call
	 * @param over whether the lane has no current owner
	 */
	private record Found(@Nullable String owner, long head, int attempts, boolean over) {

		static Found of(ResultSet result, int index) throws SQLException {
			return new Found(result.getString(1), result.getLong(2), result.getInt(3), result.getInt(4) == 1);
		}

	}

}
