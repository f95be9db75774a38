package io.greenroom.jdbc.internal;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;

/** The supported databases, with the differences of their SQL. */
enum Database {

	H2("h2", "", "extract(epoch from current_timestamp) * 1000"),

	/** A failed insert would end the caller's transaction, so it must not fail. */
	POSTGRESQL("postgresql", " on conflict do nothing", "extract(epoch from clock_timestamp()) * 1000"),

	/** Both have collations of their own that tell all texts apart. */
	MYSQL("mysql", "", "unix_timestamp(now(3)) * 1000"), MARIADB("mariadb", "", "unix_timestamp(now(3)) * 1000");

	/** PostgreSQL's state {@code idle_in_transaction_session_timeout}. */
	private static final String IDLE_IN_TRANSACTION = "25P03";

	private final String file;

	private final String unlessThere;

	private final String now;

	Database(String file, String unlessThere, String now) {
		this.file = file;
		this.unlessThere = unlessThere;
		this.now = now;
	}

	/**
	 * Returns the expression for the current time, in milliseconds since 1970, as an
	 * integer.
	 */
	String now() {
		return "cast(" + this.now + " as " + (isLikeMySql() ? "signed" : "bigint") + ")";
	}

	private boolean isLikeMySql() {
		return this == MYSQL || this == MARIADB;
	}

	/** Returns the suffix that makes an insert do nothing if the row exists. */
	String unlessThere() {
		return this.unlessThere;
	}

	/** Returns a parameter for a handler's name or a key. */
	String given() {
		return "cast(? as " + (isLikeMySql() ? "char" : "varchar") + "(200))";
	}

	/**
	 * Returns the condition that an indexed text comes after another one. H2 starts its
	 * scan at the other text even with {@code >}, and would read all rows of that text.
	 */
	String isAfter(String text, String other) {
		String plain = text + " > " + other;
		return (this == H2) ? plain + " and " + text + " >= " + other + " || char(0)" : plain;
	}

	/**
	 * Returns the handlers that have rows in a table. Uses the index, so that the time
	 * does not depend on the number of rows of a handler.
	 */
	List<String> handlers(JdbcTemplate jdbc, String table) {
		String sql = "with name(handler) as (select " + given() + ") select (select t.handler from " + table
				+ " t where " + isAfter("t.handler", "n.handler") + " order by t.handler, t.key_ limit 1) from name n";
		List<String> found = new ArrayList<>();
		@Nullable String next = "";
		while (next != null) {
			List<@Nullable String> more = jdbc.queryForList(sql, String.class, next);
			next = more.getFirst();
			if (next != null) {
				found.add(next);
			}
		}
		return found;
	}

	/**
	 * Returns the part of a human-readable text that can be stored. PostgreSQL cannot
	 * store U+0000, and a surrogate must not be cut from its pair.
	 */
	static @Nullable String storable(@Nullable String text, int longest) {
		if (text == null) {
			return null;
		}
		int end = Math.min(text.length(), longest);
		if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
			end--;
		}
		return text.substring(0, end).replace('\0', '?');
	}

	/**
	 * Returns whether a statement may have a timeout of its own. H2 would keep it for the
	 * connection; there, the lock timeout of the URL applies.
	 */
	boolean hasQueryTimeout() {
		return this != H2;
	}

	/**
	 * Returns whether the reason why a commit has failed proves that the database has not
	 * begun with it: PostgreSQL ends a session that is idle in a transaction before it
	 * reads the next command.
	 */
	boolean isBeforeCommit(SQLException reason) {
		return this == POSTGRESQL && IDLE_IN_TRANSACTION.equals(reason.getSQLState());
	}

	/** Returns the location of the script that creates tables. */
	String script(String part) {
		return "io/greenroom/jdbc/" + part + "-" + this.file + ".sql";
	}

	/**
	 * Determines the database of a data source.
	 * @throws IllegalStateException if the database is not supported
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
		if (name.equals("mysql")) {
			return MYSQL;
		}
		if (name.equals("mariadb")) {
			return MARIADB;
		}
		throw new IllegalStateException(
				"Durable handlers need H2, PostgreSQL, MySQL or MariaDB, but the data source connects to %s; use one of these, or set greenroom.durable.enabled=false"
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
	 * Returns whether a crash may lose a commit that was already acknowledged.
	 */
	boolean writesLate(Connection connection) throws SQLException {
		return this == H2 && H2Delay.of(connection) > 0;
	}

}
