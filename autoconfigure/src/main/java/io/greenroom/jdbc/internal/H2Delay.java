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

	/** Returns the delay in milliseconds; 0 for a database that is in memory only. */
	static int of(Connection connection) throws SQLException {
		if (connection.getMetaData().getURL().startsWith("jdbc:h2:mem:")) {
			return 0;
		}
		try (PreparedStatement statement = connection.prepareStatement(QUERY);
				ResultSet result = statement.executeQuery()) {
			// It is listed only where it is set; half a second is H2's own.
			return result.next() ? result.getInt(1) : 500;
		}
	}

}
