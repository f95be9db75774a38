package io.greenroom.jdbc.internal;

import java.util.List;

import javax.sql.DataSource;

import org.springframework.core.io.ClassPathResource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.init.DatabasePopulatorUtils;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/** Creates the tables, or checks that they exist. */
final class Schema {

	private final DataSource dataSource;

	private final Part part;

	private final String script;

	Schema(DataSource dataSource, Database database, Part part) {
		this.dataSource = dataSource;
		this.part = part;
		this.script = database.script(part.file());
	}

	/** Creates the missing tables. */
	void create() {
		ResourceDatabasePopulator script = new ResourceDatabasePopulator(
				new ClassPathResource(this.script, Schema.class.getClassLoader()));
		try {
			DatabasePopulatorUtils.execute(script, this.dataSource);
		}
		catch (DataAccessException first) {
			// If two nodes create a table at the same moment, PostgreSQL lets one of them
			// fail.
			again(script, first);
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
				jdbc.sql("select %s from %s where 1 = 0".formatted(table.columns(), table.name())).query().listOfRows();
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

	}

}
