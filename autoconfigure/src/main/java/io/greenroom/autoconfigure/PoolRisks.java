package io.greenroom.autoconfigure;

import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.greenroom.web.ControllerPool;
import io.greenroom.web.ControllerPools;
import io.greenroom.web.RunInPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/** Names at the start what will not do, or do harm, in the end. */
final class PoolRisks {

	private static final Logger log = LoggerFactory.getLogger("io.greenroom.web");

	/** How many controllers to a connection are too many. */
	private static final int CROWD = 10;

	private final ControllerPools pools;

	private final Supplier<OptionalInt> connections;

	PoolRisks(ControllerPools pools, Supplier<OptionalInt> connections) {
		this.pools = pools;
		this.connections = connections;
	}

	String describe() {
		return this.pools.all().stream().map(PoolRisks::describe).collect(Collectors.joining(", "));
	}

	private static String describe(ControllerPool pool) {
		return "%s (%d at once, %d may wait %s)".formatted(pool.pool().name(), pool.pool().size(),
				pool.pool().queueCapacity(),
				DurationFormatterUtils.print(pool.terms().queueTimeout(), DurationFormat.Style.COMPOSITE));
	}

	/** Platform threads were a bound of their own; virtual ones are none. */
	void warnOfFewConnections(boolean virtualThreads) {
		if (!virtualThreads) {
			return;
		}
		this.connections.get()
			.ifPresent((connections) -> this.pools.all()
				.stream()
				.filter((pool) -> pool.pool().size() / CROWD >= connections)
				.forEach((pool) -> log.warn(
						"Pool '{}' lets {} controllers work at once on virtual threads, but there are {} database connections: "
								+ "under load most will wait for one, and fail when they wait too long. "
								+ "If they use the database, set {}.size=datasource",
						pool.pool().name(), pool.pool().size(), connections, PoolsProperties.key(pool.pool().name()))));
	}

	/** An annotation that nobody reads. */
	void warnOfIdleAnnotations(ListableBeanFactory beans, Set<Class<?>> controllers) {
		for (String name : beans.getBeanDefinitionNames()) {
			Class<?> type = beans.getType(name, false);
			if (type == null || !isAnnotated(ClassUtils.getUserClass(type))
					|| controllers.contains(ClassUtils.getUserClass(type))) {
				continue;
			}
			log.warn("@RunInPool on bean '{}' ({}) does nothing: it counts on controllers with mapped methods only. "
					+ "For functional routes add .filter(poolFilters.in(\"...\")), with the bean PoolFilters; "
					+ "other work can be given to a GreenPool", name, ClassUtils.getUserClass(type).getName());
		}
	}

	private static boolean isAnnotated(Class<?> type) {
		if (type.getName().startsWith("org.springframework.")
				|| !AnnotationUtils.isCandidateClass(type, RunInPool.class)) {
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

}
