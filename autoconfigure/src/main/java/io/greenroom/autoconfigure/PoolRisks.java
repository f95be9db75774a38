package io.greenroom.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.StringJoiner;

import javax.sql.DataSource;

import io.greenroom.spring.internal.LibraryTypes;
import io.greenroom.web.RunInPool;
import io.greenroom.web.internal.ControllerPool;
import io.greenroom.web.internal.ControllerPools;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/** Names, at the start, configurations of pools that are likely to do harm. */
final class PoolRisks {

	private static final Logger log = LoggerFactory.getLogger("io.greenroom.web");

	/** The number of slots for each connection that counts as too many. */
	private static final int CROWD = 10;

	private final List<Extent> pools;

	private PoolRisks(List<Extent> pools) {
		this.pools = pools;
	}

	static PoolRisks of(ControllerPools pools) {
		List<Extent> all = new ArrayList<>();
		for (ControllerPool pool : pools.all()) {
			all.add(new Extent(pool.pool().name(), pool.pool().size(), pool.pool().queueCapacity(),
					pool.terms().queueTimeout()));
		}
		return new PoolRisks(all);
	}

	/**
	 * For an application whose only pool will be the default pool, which is not created
	 * yet.
	 */
	static PoolRisks ofDefaultPool() {
		PoolsProperties.Pool pool = PoolsProperties.Pool.DEFAULT;
		return new PoolRisks(List.of(new Extent(RunInPool.DEFAULT, PoolsProperties.DEFAULT_SIZE, pool.queueCapacity(),
				pool.queueTimeout())));
	}

	String describe() {
		StringJoiner all = new StringJoiner(", ");
		for (Extent pool : this.pools) {
			all.add(describe(pool));
		}
		return all.toString();
	}

	private static String describe(Extent pool) {
		return "%s (%s at once, %s may wait %s)".formatted(pool.name(), pool.size(), pool.queueCapacity(),
				asWritten(pool.queueTimeout()));
	}

	/**
	 * Formats as in {@code 1m30s}: the ISO form without its prefix, which needs no
	 * formatter.
	 */
	private static String asWritten(Duration time) {
		return time.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
	}

	/**
	 * Returns advice for the start-up line if a pool is many times larger than the
	 * connection pool.
	 */
	String adviseOnConnections(ObjectProvider<DataSource> dataSources) {
		OptionalInt connections = ControllerPoolFactory.connections(dataSources);
		if (connections.isEmpty()) {
			return "";
		}
		List<String> crowded = this.pools.stream()
			.filter((pool) -> pool.size() / CROWD >= connections.getAsInt())
			.map((pool) -> PoolsProperties.key(pool.name()) + ".size=datasource")
			.toList();
		return crowded.isEmpty() ? "" : " There are %s database connections; if the controllers use them, set %s."
			.formatted(connections.getAsInt(), String.join(", ", crowded));
	}

	/** Warns of annotations without effect. */
	static void warnOfIdleAnnotations(ListableBeanFactory beans, Set<Class<?>> controllers) {
		for (String name : beans.getBeanDefinitionNames()) {
			Class<?> type = SuppliedBeans.isWithoutAnnotations(name, beans) ? null : beans.getType(name, false);
			if (type == null || !isAnnotated(ClassUtils.getUserClass(type))
					|| controllers.contains(ClassUtils.getUserClass(type))) {
				continue;
			}
			log.warn(
					"@RunInPool on bean '{}' ({}) has no effect: it only applies to controllers with mapped methods. "
							+ "For functional routes, add .filter(poolFilters.in(\"...\")), with the bean PoolFilters; "
							+ "other work can be submitted to a GreenPool",
					name, ClassUtils.getUserClass(type).getName());
		}
	}

	private static boolean isAnnotated(Class<?> type) {
		if (LibraryTypes.contain(type) || !AnnotationUtils.isCandidateClass(type, RunInPool.class)) {
			return false;
		}
		if (AnnotatedElementUtils.hasAnnotation(type, RunInPool.class)) {
			return true;
		}
		for (var method : ReflectionUtils.getUniqueDeclaredMethods(type)) {
			if (AnnotatedElementUtils.hasAnnotation(method, RunInPool.class)) {
				return true;
			}
		}
		return false;
	}

	private record Extent(String name, int size, int queueCapacity, Duration queueTimeout) {

	}

}
