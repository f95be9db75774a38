package io.greenroom.jdbc.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import javax.sql.DataSource;

import org.springframework.core.io.ClassPathResource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.init.DatabasePopulatorUtils;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;

/** Creates the tables, or checks that they exist. */
final class Schema {

	private static final Pattern INDEX = Pattern.compile("create index if not exists (\\w+) on (\\w+)");

	private final DataSource dataSource;

	private final Part part;

	private final String script;

	Schema(DataSource dataSource, Database database, Part part) {
		this.dataSource = dataSource;
		this.part = part;
		this.script = database.script(part.file());
	}

	/**
	 * Creates the missing tables and indexes. Executes nothing if all are there: even for
	 * an index that exists, PostgreSQL waits for all transactions that have written to
	 * the table, and has other writers wait meanwhile.
	 */
	void create() {
		ClassPathResource text = new ClassPathResource(this.script, Schema.class.getClassLoader());
		if (isComplete(text)) {
			return;
		}
		ResourceDatabasePopulator script = new ResourceDatabasePopulator(text);
		try {
			DatabasePopulatorUtils.execute(script, this.dataSource);
		}
		catch (DataAccessException first) {
			// If two nodes create a table at the same moment, PostgreSQL lets one of them
			// fail.
			again(script, first);
		}
	}

	private boolean isComplete(ClassPathResource text) {
		JdbcClient jdbc = JdbcClient.create(this.dataSource);
		try {
			this.part.tables().forEach((table) -> table.probe(jdbc));
			String script = text.getContentAsString(StandardCharsets.UTF_8);
			return JdbcUtils.extractDatabaseMetaData(this.dataSource,
					(database) -> INDEX.matcher(script)
						.results()
						.allMatch((index) -> hasIndex(database, index.group(2), index.group(1))));
		}
		catch (DataAccessException | MetaDataAccessException | IOException missing) {
			return false;
		}
	}

	private static boolean hasIndex(DatabaseMetaData database, String table, String name) {
		try {
			Connection connection = database.getConnection();
			String stored = database.storesUpperCaseIdentifiers() ? table.toUpperCase(Locale.ROOT) : table;
			try (ResultSet indexes = database.getIndexInfo(connection.getCatalog(), connection.getSchema(), stored,
					false, true)) {
				while (indexes.next()) {
					if (name.equalsIgnoreCase(indexes.getString("INDEX_NAME"))) {
						return true;
					}
				}
				return false;
			}
		}
		catch (SQLException unknown) {
			return false;
		}
	}

	private void again(ResourceDatabasePopulator script, RuntimeException first) {
		try {
			DatabasePopulatorUtils.execute(script, this.dataSource);
		}
		catch (DataAccessException second) {
			throw new IllegalStateException(
					"The tables of the %s can't be created: %s; give the user of the data source the right to create tables, or create them with %s and set greenroom.durable.schema=validate"
						.formatted(this.part.what(), first.getMessage(), this.script),
					second);
		}
	}

	/**
	 * Checks that the tables exist.
	 * @throws IllegalStateException if a table or a column is missing
	 */
	void validate() {
		JdbcClient jdbc = JdbcClient.create(this.dataSource);
		for (Table table : this.part.tables()) {
			try {
				table.probe(jdbc);
			}
			catch (DataAccessException ex) {
				throw new IllegalStateException(
						"The table %s of the %s is missing or does not have the columns %s: %s; create it with %s, which is in Greenroom's jar, or set greenroom.durable.schema=create"
							.formatted(table.name(), this.part.what(), table.columns(),
									ex.getMostSpecificCause().getMessage(), this.script),
						ex);
			}
		}
	}

	/** Tables that are needed together. */
	record Part(String file, String what, List<Table> tables) {

		static final Part ROWS = new Part("schema", "durable handlers",
				List.of(new Table("greenroom_row",
						"handler, key_, version, shape, stored, state, args, status, since, deadline_at, node, error"),
						new Table("greenroom_node", "id, seen_at")));

		static final Part CALLS = new Part("calls", "calls from other nodes",
				List.of(new Table("greenroom_call", "id, handler, key_, answer, until_")));

		static final Part OUTBOX = new Part("outbox", "durable oneway calls", List.of(
				new Table("greenroom_outbox", "handler, key_, id, method, args, context, call_id, submitted_at"),
				new Table("greenroom_lane", "handler, key_, owner, until_, head, attempts"),
				new Table("greenroom_dead_letter",
						"call_id, handler, key_, id, method, args, context, submitted_at, died_at, attempts, error, halts")));

	}

	/** A required table. */
	record Table(String name, String columns) {

		/**
		 * Returns if it is there with its columns.
		 * @throws DataAccessException if it is not
		 */
		void probe(JdbcClient jdbc) {
			jdbc.sql("select %s from %s where 1 = 0".formatted(this.columns, this.name)).query().listOfRows();
		}

	}

}
