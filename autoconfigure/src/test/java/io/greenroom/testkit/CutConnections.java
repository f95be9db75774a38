package io.greenroom.testkit;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Connections of which one is cut at an operation that a test chooses: the text of a
 * statement that writes or reads, or {@link #COMMIT}. Meant to be below a pool, as a
 * driver is.
 */
public final class CutConnections extends DelegatingDataSource {

	/** The operation that is no statement. */
	public static final String COMMIT = "commit";

	/** Where an operation is when its connection is cut. */
	public enum Place {

		/** It does not reach the database, which then ends the session. */
		BEFORE,

		/** The database has carried it out, and its answer does not arrive. */
		AFTER,

		/** It reaches the database when the test says so. */
		UNDER_WAY

	}

	private final AtomicReference<@Nullable Cut> next = new AtomicReference<>();

	private final AtomicInteger cuts = new AtomicInteger();

	private volatile @Nullable Work underWay;

	/** Is told of each operation before it is carried out. */
	private volatile java.util.function.Consumer<String> listener = (operation) -> {
	};

	private CutConnections(DataSource database) {
		super(database);
	}

	/** Returns connections to the database of a pool. */
	public static CutConnections to(HikariDataSource pool) {
		return new CutConnections(
				new DriverManagerDataSource(pool.getJdbcUrl(), pool.getUsername(), pool.getPassword()));
	}

	/** Returns a pool of these connections. */
	public HikariDataSource pool() {
		HikariDataSource pool = new HikariDataSource();
		pool.setDataSource(this);
		pool.setMaximumPoolSize(10);
		pool.setMinimumIdle(0);
		pool.setConnectionTimeout(5000);
		return pool;
	}

	/** Cuts the connection of the next such operation. */
	public void cut(Place place, Predicate<String> operation) {
		this.next.set(new Cut(place, operation));
	}

	/** Cuts the connection of the next operation that contains a text. */
	public void cut(Place place, String operation) {
		cut(place, (each) -> each.contains(operation));
	}

	/** Cuts no more. */
	public void heal() {
		this.next.set(null);
	}

	/** Returns how many connections were cut. */
	public int cuts() {
		return this.cuts.get();
	}

	public void listen(java.util.function.Consumer<String> told) {
		this.listener = told;
	}

	/** Lets what is under way reach the database. */
	public void arrive() throws Exception {
		java.util.Objects.requireNonNull(this.underWay, "nothing is under way").run();
	}

	@Override
	public Connection getConnection() throws SQLException {
		Connection connection = super.getConnection();
		boolean[] cut = new boolean[1];
		return proxy(Connection.class, (method, arguments) -> {
			switch (method.getName()) {
				case "isClosed" -> {
					return cut[0] || connection.isClosed();
				}
				case "isValid" -> {
					return !cut[0] && connection.isValid(1);
				}
				case "close", "abort" -> {
					return cut[0] ? null : invoke(method, connection, arguments);
				}
			}
			if (cut[0]) {
				throw new SQLException("The connection was cut before", "08003");
			}
			if (method.getName().equals(COMMIT)) {
				return operate(COMMIT, connection, cut, () -> {
					connection.commit();
					return null;
				});
			}
			Object result = invoke(method, connection, arguments);
			return (result instanceof PreparedStatement statement)
					? statement((String) arguments[0], statement, connection, cut) : result;
		});
	}

	private PreparedStatement statement(String sql, PreparedStatement statement, Connection connection, boolean[] cut) {
		return proxy(PreparedStatement.class, (method, arguments) -> {
			if (method.getName().equals("close") && cut[0]) {
				return null;
			}
			return method.getName().startsWith("execute")
					? operate(sql, connection, cut, () -> invoke(method, statement, arguments))
					: invoke(method, statement, arguments);
		});
	}

	private @Nullable Object operate(String operation, Connection connection, boolean[] cut, Work work)
			throws Throwable {
		if (cut[0]) {
			throw new SQLException("The connection was cut before", "08003");
		}
		this.listener.accept(operation);
		Cut wanted = this.next.get();
		if (wanted == null || !wanted.operation().test(operation) || !this.next.compareAndSet(wanted, null)) {
			return work.run();
		}
		cut[0] = true;
		if (wanted.place() == Place.UNDER_WAY) {
			this.underWay = () -> {
				Object done = work.run();
				connection.close();
				return done;
			};
		}
		else {
			if (wanted.place() == Place.AFTER) {
				work.run();
			}
			// The session ends, and what it has not committed.
			connection.close();
		}
		this.cuts.incrementAndGet();
		throw new SQLException("The connection was cut at: " + operation, "08006");
	}

	private static @Nullable Object invoke(Method method, Object target, @Nullable Object @Nullable [] arguments)
			throws Exception {
		try {
			return method.invoke(target, arguments);
		}
		catch (InvocationTargetException ex) {
			if (ex.getTargetException() instanceof Exception thrown) {
				throw thrown;
			}
			throw ex;
		}
	}

	private static <T> T proxy(Class<T> type, Calls calls) {
		return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
				(self, method, arguments) -> switch (method.getName()) {
					case "hashCode" -> System.identityHashCode(self);
					case "equals" -> self == arguments[0];
					case "unwrap" -> self;
					case "isWrapperFor" -> true;
					default -> calls.call(method, arguments);
				}));
	}

	private record Cut(Place place, Predicate<String> operation) {

	}

	@FunctionalInterface
	private interface Work {

		@Nullable Object run() throws Exception;

	}

	@FunctionalInterface
	private interface Calls {

		@Nullable Object call(Method method, @Nullable Object[] arguments) throws Throwable;

	}

}
