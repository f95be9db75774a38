package io.greenroom.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;

import javax.sql.DataSource;

import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;

/** The databases whose SQL is known, and where they differ. */
enum Database {

	H2("h2"),

	/** A failed insert would end the caller's transaction, so it must not fail. */
	POSTGRESQL("postgresql", " on conflict do nothing"),

	/** MySQL and MariaDB. */
	MYSQL("mysql");

	private final String file;

	private final String unlessThere;

	Database(String file) {
		this(file, "");
	}

	Database(String file, String unlessThere) {
		this.file = file;
		this.unlessThere = unlessThere;
	}

	/** Returns what an insert ends with to do nothing where the row is there. */
	String unlessThere() {
		return this.unlessThere;
	}

	/**
	 * Returns whether a statement may be given its own time; H2 would keep it for the
	 * connection, and has the lock timeout of its URL.
	 */
	boolean hasQueryTimeout() {
		return this != H2;
	}

	/** Returns where the script is that makes the tables. */
	String script() {
		return "io/greenroom/jdbc/schema-" + this.file + ".sql";
	}

	/**
	 * Asks a data source which database it leads to.
	 * @throws IllegalStateException if it is none of these
	 */
	static Database of(DataSource dataSource) {
		String product = product(dataSource);
		String name = product.toLowerCase(Locale.ROOT);
		if (name.equals("h2")) {
			return H2;
		}
		if (name.equals("postgresql")) {
			return POSTGRESQL;
		}
		if (name.equals("mysql") || name.equals("mariadb")) {
			return MYSQL;
		}
		throw new IllegalStateException(
				"Durable handlers are kept in H2, PostgreSQL, MySQL or MariaDB, but the data source leads to %s; use one of these, or set greenroom.durable.enabled=false"
					.formatted(product));
	}

	private static String product(DataSource dataSource) {
		try {
			return JdbcUtils.extractDatabaseMetaData(dataSource, (metaData) -> metaData.getDatabaseProductName());
		}
		catch (MetaDataAccessException ex) {
			throw new IllegalStateException(
					"The database of the durable handlers can't be reached: %s; start it, or correct spring.datasource.url"
						.formatted(ex.getMessage()),
					ex);
		}
	}

	/**
	 * Returns whether a commit may be lost in a crash though its caller was told of it.
	 */
	boolean writesLate(Connection connection) throws SQLException {
		return this == H2 && H2Delay.of(connection) > 0;
	}

}
