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

	private final JdbcTemplate jdbc;

	private final StoreDatabase database;

	/**
	 * Creates a store, which does not connect yet.
	 * @param dataSource the database
	 * @param schema who creates the table
	 */
	public JdbcCallStore(DataSource dataSource, SchemaMode schema) {
		this.database = new StoreDatabase(dataSource, schema);
		this.jdbc = new JdbcTemplate(this.database.dataSource());
	}

	@Override
	public void open() {
		this.database.open(Schema.Part.CALLS);
	}

	@Override
	public @Nullable String find(String id) {
		List<@Nullable String> found = this.jdbc.queryForList("select answer from greenroom_call where id = ?",
				String.class, id);
		return found.isEmpty() ? null : found.getFirst();
	}

	@Override
	public int forget() {
		return this.jdbc.update("delete from greenroom_call where until_ < " + this.database.kind().now());
	}

}
