package io.greenroom.jdbc.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.testkit.Rounds;
import io.greenroom.testkit.TestDatabase;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The limit of statements that wait for others, on PostgreSQL. */
@Timeout(60)
class BoundedStatementsTests {

	private static final String UPDATE = "update counted set number = number + 1 where id = ?";

	private final HikariDataSource pool = TestDatabase.POSTGRESQL.fresh();

	private final BoundedStatements bounded = new BoundedStatements(Duration.ofSeconds(1));

	@BeforeEach
	void create() throws SQLException {
		execute("create table counted (id int primary key, number int)");
		execute("insert into counted select n, 0 from generate_series(0, 9) n");
	}

	private void execute(String sql) throws SQLException {
		try (Connection connection = this.pool.getConnection();
				PreparedStatement statement = connection.prepareStatement(sql)) {
			statement.executeUpdate();
		}
	}

	@AfterEach
	void close() {
		this.pool.close();
	}

	private int update(Connection connection, int id) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(UPDATE)) {
			statement.setInt(1, id);
			return this.bounded.update(statement, Database.POSTGRESQL);
		}
	}

	@Test
	@DisplayName("O03 R06 a statement that waits for longer than the limit is cancelled, each of several, and their connections can be used")
	void overdue() throws Exception {
		try (Connection holder = this.pool.getConnection(); Connection free = this.pool.getConnection()) {
			holder.setAutoCommit(false);
			assertThat(update(holder, 0)).isOne();
			assertThat(update(holder, 1)).isOne();
			Queue<SQLException> failures = new ConcurrentLinkedQueue<>();
			Queue<Integer> after = new ConcurrentLinkedQueue<>();
			List<Thread> waiting = new ArrayList<>();
			for (int i = 0; i < 2; i++) {
				int id = i;
				waiting.add(Thread.ofVirtual().start(() -> {
					try (Connection connection = this.pool.getConnection()) {
						assertThatExceptionOfType(SQLException.class).isThrownBy(() -> update(connection, id))
							.satisfies(failures::add);
						after.add(update(connection, 2 + id));
					}
					catch (SQLException ex) {
						throw new AssertionError(ex);
					}
				}));
			}
			assertThat(update(free, 5)).as("waits for nobody").isOne();
			Until.ended(waiting);
			assertThat(failures).hasSize(2)
				.allSatisfy((failure) -> assertThat(failure.getSQLState()).isEqualTo("57014"));
			assertThat(after).containsExactly(1, 1);
			holder.rollback();
		}
	}

	@Test
	@DisplayName("O03 R06 a statement that has to wait for a while, but not for longer than the limit, is executed")
	void inTime() throws Exception {
		try (Connection holder = this.pool.getConnection()) {
			holder.setAutoCommit(false);
			update(holder, 0);
			Queue<Integer> done = new ConcurrentLinkedQueue<>();
			Thread waiting = Thread.ofVirtual().start(() -> {
				try (Connection connection = this.pool.getConnection()) {
					done.add(update(connection, 0));
				}
				catch (SQLException ex) {
					throw new AssertionError(ex);
				}
			});
			Until.until("the update to wait", () -> isSomebodyWaiting());
			holder.commit();
			Until.ended(List.of(waiting));
			assertThat(done).containsExactly(1);
		}
	}

	private boolean isSomebodyWaiting() {
		try (Connection connection = this.pool.getConnection();
				PreparedStatement statement = connection.prepareStatement("select 1 from pg_locks where not granted");
				java.sql.ResultSet found = statement.executeQuery()) {
			return found.next();
		}
		catch (SQLException ex) {
			throw new AssertionError(ex);
		}
	}

	@Test
	@DisplayName("O03 R06 many statements that wait for nobody are executed, none is cancelled, and the thread that looks at them ends")
	void quick() throws Exception {
		int rounds = Rounds.of(500);
		Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
		List<Thread> callers = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			int id = i;
			callers.add(Thread.ofVirtual().start(() -> {
				try (Connection connection = this.pool.getConnection()) {
					for (int round = 0; round < rounds; round++) {
						update(connection, id);
					}
				}
				catch (Throwable failure) {
					failures.add(failure);
				}
			}));
		}
		Until.ended(callers);
		assertThat(failures).isEmpty();
		Until.until("the thread to end", () -> this.bounded.isQuiet());
		try (Connection connection = this.pool.getConnection()) {
			assertThat(update(connection, 0)).as("looked at again").isOne();
			assertThat(this.bounded.isQuiet()).isFalse();
		}
	}

}
