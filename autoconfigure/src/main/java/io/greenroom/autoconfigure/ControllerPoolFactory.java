package io.greenroom.autoconfigure;

import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.greenroom.autoconfigure.PoolsProperties.Limit;
import io.greenroom.autoconfigure.PoolsProperties.Pool;
import io.greenroom.green.GreenPool;
import io.greenroom.green.GreenScheduler;
import io.greenroom.web.internal.ControllerPool;
import io.greenroom.web.internal.ControllerPools;
import io.greenroom.web.internal.LatencyLimit;
import io.greenroom.web.internal.SizeLimit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.ClassUtils;

/** Creates the controllers' pools from their settings. */
final class ControllerPoolFactory {

	private static final Logger log = LoggerFactory.getLogger("io.greenroom.web");

	private static final boolean HIKARI = isPresent("com.zaxxer.hikari.HikariDataSource");

	private final GreenScheduler scheduler;

	private final ObjectProvider<DataSource> dataSources;

	ControllerPoolFactory(GreenScheduler scheduler, ObjectProvider<DataSource> dataSources) {
		this.scheduler = scheduler;
		this.dataSources = dataSources;
	}

	private static boolean isPresent(String type) {
		return ClassUtils.isPresent(type, ControllerPoolFactory.class.getClassLoader());
	}

	/** Creates the configured pools, except for those that are beans. */
	ControllerPools create(PoolsProperties properties, List<ControllerPool> beans) {
		Map<String, ControllerPool> pools = new LinkedHashMap<>();
		for (ControllerPool pool : beans) {
			pools.put(pool.pool().name(), pool);
		}
		for (Map.Entry<String, Pool> settings : properties.pools().entrySet()) {
			if (!pools.containsKey(settings.getKey())) {
				pools.put(settings.getKey(), create(settings.getKey(), settings.getValue()));
			}
		}
		return new ControllerPools(pools);
	}

	private ControllerPool create(String name, Pool settings) {
		String key = PoolsProperties.key(name);
		int size = settings.isSizedByDataSource() ? connections(key) : settings.size(key);
		if (settings.limit() != Limit.FIXED) {
			size = Math.clamp(size, settings.minSize(), settings.maxSize());
		}
		SizeLimit limit = limit(key, size, settings);
		GreenPool pool = this.scheduler.pool(name)
			.size(size)
			.queueCapacity(settings.queueCapacity())
			.settings(key)
			.build();
		return new ControllerPool(pool, settings.terms(), limit);
	}

	/**
	 * Without a data source, there are no connections to run out of. A test slice, or an
	 * application whose database is switched off, starts regardless.
	 */
	private int connections(String key) {
		OptionalInt connections = connections(this.dataSources);
		if (connections.isEmpty() && (!HIKARI || this.dataSources.stream().findAny().isEmpty())) {
			log.info("{}.size is 'datasource', but there is no data source; the pool has {} slots", key,
					PoolsProperties.DEFAULT_SIZE);
			return PoolsProperties.DEFAULT_SIZE;
		}
		return connections.orElseThrow(() -> new InvalidSettingException(key + ".size", "datasource",
				"a number, because there is no single or primary HikariDataSource to take the size from"));
	}

	/** Returns the size of the application's connection pool, if there is one. */
	static OptionalInt connections(ObjectProvider<DataSource> dataSources) {
		DataSource dataSource = HIKARI ? dataSources.getIfUnique() : null;
		try {
			if (dataSource == null || !dataSource.isWrapperFor(HikariDataSource.class)) {
				return OptionalInt.empty();
			}
			int size = dataSource.unwrap(HikariDataSource.class).getMaximumPoolSize();
			// Not set: Hikari takes its default when it opens the first connection.
			return OptionalInt.of((size > 0) ? size : 10);
		}
		catch (SQLException ex) {
			return OptionalInt.empty();
		}
	}

	private static SizeLimit limit(String key, int size, Pool settings) {
		if (settings.limit() == Limit.FIXED) {
			return SizeLimit.FIXED;
		}
		requireLimits(isPresent("com.netflix.concurrency.limits.Limit"), key, settings.limit());
		Duration target = settings.targetLatency();
		return (settings.limit() == Limit.AIMD)
				? LatencyLimit.aimd(size, settings.minSize(), settings.maxSize(), target)
				: LatencyLimit.gradient(size, settings.minSize(), settings.maxSize());
	}

	static void requireLimits(boolean present, String key, Limit limit) {
		InvalidSettingException.require(present, key + ".limit", limit.name().toLowerCase(Locale.ROOT),
				"fixed, or add com.netflix.concurrency-limits:concurrency-limits-core to the class path");
	}

}
