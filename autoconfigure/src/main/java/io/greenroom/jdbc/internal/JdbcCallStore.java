package io.greenroom.jdbc.internal;

import java.util.List;

import javax.sql.DataSource;

import io.greenroom.durable.internal.CallStore;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Finds the calls of other nodes that {@link JdbcRowStore} has written together with the
 * rows that they have changed. Safe for use by many threads.
 */
public final class JdbcCallStore implements CallStore {

	private final DataSource dataSource;

	private final JdbcTemplate jdbc;

	private final SchemaMode schema;

	/** {@code null} until the database is first reached. */
	private volatile @Nullable Database database;

	/**
	 * Creates a store, which does not connect yet.
	 * @param dataSource the database
	 * @param schema who creates the table
	 */
	public JdbcCallStore(DataSource dataSource, SchemaMode schema) {
		this.dataSource = dataSource;
		this.schema = schema;
		this.jdbc = new JdbcTemplate(dataSource);
	}

	@Override
	public void open() {
		if (this.schema == SchemaMode.NONE) {
			return;
		}
		Schema table = new Schema(this.dataSource, database(), Schema.Part.CALLS);
		if (this.schema == SchemaMode.CREATE) {
			table.create();
		}
		table.validate();
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
	public @Nullable String find(String id) {
		List<@Nullable String> found = this.jdbc.queryForList("select answer from greenroom_call where id = ?",
				String.class, id);
		return found.isEmpty() ? null : found.getFirst();
	}

	@Override
	public int forget() {
		return this.jdbc.update("delete from greenroom_call where until_ < " + database().now());
	}

}
