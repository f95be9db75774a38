package io.greenroom.jdbc.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/** The settings of H2 on which stored calls depend. */
final class H2Settings {

	private static final String QUERY = "select setting_value from information_schema.settings where setting_name = ?";

	private H2Settings() {
	}

	/**
	 * Returns whether the database closes itself when the JVM begins to end, while
	 * accepted calls still run.
	 */
	static boolean isClosedAtExit(Connection connection) throws SQLException {
		return isFile(connection) && !"FALSE".equalsIgnoreCase(setting(connection, "DB_CLOSE_ON_EXIT"));
	}

	/** Returns whether the database is in a file that this JVM has opened. */
	private static boolean isFile(Connection connection) throws SQLException {
		String url = connection.getMetaData().getURL();
		return Stream.of("mem:", "tcp:", "ssl:").noneMatch((kind) -> url.startsWith("jdbc:h2:" + kind));
	}

	/** Returns the delay in milliseconds, which is 0 for an in-memory database. */
	static int writeDelay(Connection connection) throws SQLException {
		if (connection.getMetaData().getURL().startsWith("jdbc:h2:mem:")) {
			return 0;
		}
		String delay = setting(connection, "WRITE_DELAY");
		// H2's default is 500 ms.
		return (delay != null) ? Integer.parseInt(delay) : 500;
	}

	/** Returns the value of a setting, or {@code null} if it is not set. */
	private static @Nullable String setting(Connection connection, String name) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
			statement.setString(1, name);
			try (ResultSet result = statement.executeQuery()) {
				return result.next() ? result.getString(1) : null;
			}
		}
	}

}
