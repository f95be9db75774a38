package io.greenroom.jdbc.internal;

import java.util.List;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;

/**
 * The database of a store, which is not connected to before it is needed. Safe for use by
 * many threads.
 */
final class StoreDatabase {

	private final DataSource dataSource;

	private final SchemaMode schema;

	/** {@code null} until the database is first reached. */
	private volatile @Nullable Database known;

	StoreDatabase(DataSource dataSource, SchemaMode schema) {
		DataSource behind = (dataSource instanceof TransactionAwareDataSourceProxy proxy) ? proxy.getTargetDataSource()
				: null;
		this.dataSource = (behind != null) ? behind : dataSource;
		this.schema = schema;
	}

	/** Returns the data source whose connections Spring binds to transactions. */
	DataSource dataSource() {
		return this.dataSource;
	}

	/** Returns the kind of database. Connects at the first call. */
	Database kind() {
		Database kind = this.known;
		if (kind == null) {
			kind = Database.of(this.dataSource);
			this.known = kind;
		}
		return kind;
	}

	/**
	 * Creates or checks tables. Returns {@code false} if the start does not need the
	 * database.
	 * @throws IllegalStateException if they cannot be created, or are missing
	 */
	boolean open(Schema.Part part) {
		if (this.schema == SchemaMode.NONE) {
			return false;
		}
		Schema tables = new Schema(this.dataSource, kind(), part);
		if (this.schema == SchemaMode.CREATE) {
			tables.create();
		}
		tables.validate();
		return true;
	}

	/**
	 * Returns the handlers that have rows in a table; empty if the start does not need
	 * the database.
	 */
	List<String> handlers(JdbcTemplate jdbc, String table) {
		return (this.schema != SchemaMode.NONE) ? kind().handlers(jdbc, table) : List.of();
	}

}
