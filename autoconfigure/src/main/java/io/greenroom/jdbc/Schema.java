package io.greenroom.jdbc;

import java.util.List;

import javax.sql.DataSource;

import org.springframework.core.io.ClassPathResource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.init.DatabasePopulatorUtils;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/** Makes the tables, or looks whether they are there. */
final class Schema {

	private static final List<Table> TABLES = List.of(
			new Table("greenroom_row",
					"handler, key_, version, shape, stored, state, args, status, since, deadline_at, node, error"),
			new Table("greenroom_node", "id, seen_at"));

	private final DataSource dataSource;

	private final Database database;

	Schema(DataSource dataSource, Database database) {
		this.dataSource = dataSource;
		this.database = database;
	}

	/** Makes what is not there. */
	void create() {
		ResourceDatabasePopulator script = new ResourceDatabasePopulator(
				new ClassPathResource(this.database.script(), Schema.class.getClassLoader()));
		try {
			DatabasePopulatorUtils.execute(script, this.dataSource);
		}
		catch (DataAccessException first) {
			// PostgreSQL lets one of two nodes fail that make a table at one moment.
			again(script, first);
		}
	}

	private void again(ResourceDatabasePopulator script, RuntimeException first) {
		try {
			DatabasePopulatorUtils.execute(script, this.dataSource);
		}
		catch (DataAccessException second) {
			throw new IllegalStateException(
					"The tables of the durable handlers can't be made: %s; give the user of the data source the right to make tables, or make them by %s and set greenroom.durable.schema=validate"
						.formatted(first.getMessage(), this.database.script()),
					second);
		}
	}

	/**
	 * Looks whether the tables are there.
	 * @throws IllegalStateException if a table or a column is not
	 */
	void validate() {
		JdbcClient jdbc = JdbcClient.create(this.dataSource);
		for (Table table : TABLES) {
			try {
				jdbc.sql("select %s from %s where 1 = 0".formatted(table.columns(), table.name())).query().listOfRows();
			}
			catch (DataAccessException ex) {
				throw new IllegalStateException(
						"The table %s of the durable handlers is not as it should be (columns %s): %s; make it by %s, which is in Greenroom's jar, or set greenroom.durable.schema=create"
							.formatted(table.name(), table.columns(), ex.getMostSpecificCause().getMessage(),
									this.database.script()),
						ex);
			}
		}
	}

	/** What there must be. */
	private record Table(String name, String columns) {

	}

}
