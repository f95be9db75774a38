package io.greenroom.jdbc.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** How long H2 may keep a commit in memory. */
final class H2Delay {

	private static final String QUERY = "select setting_value from information_schema.settings where setting_name = 'WRITE_DELAY'";

	private H2Delay() {
	}

	/** Returns the delay in milliseconds, which is 0 for an in-memory database. */
	static int of(Connection connection) throws SQLException {
		if (connection.getMetaData().getURL().startsWith("jdbc:h2:mem:")) {
			return 0;
		}
		try (PreparedStatement statement = connection.prepareStatement(QUERY);
				ResultSet result = statement.executeQuery()) {
			// The setting is listed only if it is set; H2's default is 500 ms.
			return result.next() ? result.getInt(1) : 500;
		}
	}

}
