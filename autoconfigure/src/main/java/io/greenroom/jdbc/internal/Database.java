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

/** The databases whose SQL is known, and where they differ. */
enum Database {

	H2("h2", "", "extract(epoch from current_timestamp) * 1000"),

	/** A failed insert would end the caller's transaction, so it must not fail. */
	POSTGRESQL("postgresql", " on conflict do nothing", "extract(epoch from clock_timestamp()) * 1000"),

	/** Both have collations of their own that tell all texts apart. */
	MYSQL("mysql", "", "unix_timestamp(now(3)) * 1000"), MARIADB("mariadb", "", "unix_timestamp(now(3)) * 1000");

	private final String file;

	private final String unlessThere;

	private final String now;

	Database(String file, String unlessThere, String now) {
		this.file = file;
		this.unlessThere = unlessThere;
		this.now = now;
	}

	/** Returns what the time is, in milliseconds since 1970, as an integer. */
	String now() {
		return "cast(" + this.now + " as " + (isLikeMySql() ? "signed" : "bigint") + ")";
	}

	private boolean isLikeMySql() {
		return this == MYSQL || this == MARIADB;
	}

	/** Returns what an insert ends with to do nothing where the row is there. */
	String unlessThere() {
		return this.unlessThere;
	}

	/** Returns a parameter that is a handler's name or a key. */
	String given() {
		return "cast(? as " + (isLikeMySql() ? "char" : "varchar") + "(200))";
	}

	/**
	 * Returns the condition that a text of an index comes after another one. H2 begins to
	 * look at the other one itself, and would read all its rows.
	 */
	String isAfter(String text, String other) {
		String plain = text + " > " + other;
		return (this == H2) ? plain + " and " + text + " >= " + other + " || char(0)" : plain;
	}

	/**
	 * Returns which handlers a table has rows of, by its index, so that a million rows of
	 * one don't matter.
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
	 * Returns what can be kept of a text for people: PostgreSQL has no U+0000, and half a
	 * character at the end is none.
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
	 * Returns whether a statement may be given its own time; H2 would keep it for the
	 * connection, and has the lock timeout of its URL.
	 */
	boolean hasQueryTimeout() {
		return this != H2;
	}

	/** Returns where a script is that makes tables. */
	String script(String part) {
		return "io/greenroom/jdbc/" + part + "-" + this.file + ".sql";
	}

	/**
	 * Asks a data source which database it leads to.
	 * @throws IllegalStateException if it is not one of these
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
