package io.greenroom.web.internal;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.greenroom.web.RunInPool;
import io.greenroom.web.UnknownPoolException;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodClassKey;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.method.HandlerMethod;

/** Determines the pool of a controller's method. Safe for use by many threads. */
public final class PoolSelector {

	private final Supplier<ControllerPools> pools;

	private final Predicate<Class<?>> excluded;

	private final Map<MethodClassKey, Optional<ControllerPool>> chosen = new ConcurrentHashMap<>();

	/**
	 * Creates a selector.
	 * @param pools the existing pools
	 * @param excluded controllers that run in no pool
	 */
	public PoolSelector(ControllerPools pools, Predicate<Class<?>> excluded) {
		this(() -> pools, excluded);
	}

	/**
	 * Creates a selector of pools that are not created yet.
	 * @param pools provides the existing pools when the first controller runs in one
	 * @param excluded controllers that run in no pool
	 */
	public PoolSelector(Supplier<ControllerPools> pools, Predicate<Class<?>> excluded) {
		this.pools = pools;
		this.excluded = excluded;
	}

	/**
	 * Returns the pool of a controller's method.
	 * @param controller the method
	 * @return the pool, or {@code null} if the method runs in no pool
	 * @throws UnknownPoolException if its annotation names a pool that does not exist
	 */
	public @Nullable ControllerPool select(HandlerMethod controller) {
		MethodClassKey key = new MethodClassKey(controller.getMethod(), controller.getBeanType());
		Optional<ControllerPool> known = this.chosen.get(key);
		if (known == null) {
			known = Optional.ofNullable(choose(controller));
			this.chosen.put(key, known);
		}
		return known.orElse(null);
	}

	/**
	 * Returns the name of the pool of a controller's method, whether or not the pool
	 * exists.
	 * @param controller the method
	 * @return the name, or {@code null} if the method runs in no pool
	 */
	public @Nullable String nameFor(HandlerMethod controller) {
		if (this.excluded.test(controller.getBeanType())) {
			return null;
		}
		RunInPool annotation = controller.getMethodAnnotation(RunInPool.class);
		if (annotation == null) {
			annotation = AnnotatedElementUtils.findMergedAnnotation(controller.getBeanType(), RunInPool.class);
		}
		return (annotation == null) ? RunInPool.DEFAULT : annotation.value();
	}

	private @Nullable ControllerPool choose(HandlerMethod controller) {
		String name = nameFor(controller);
		if (name == null) {
			return null;
		}
		ControllerPools all = this.pools.get();
		ControllerPool pool = all.find(name);
		if (pool == null) {
			throw new UnknownPoolException(describe(controller), name, all.names());
		}
		return pool;
	}

	private static String describe(HandlerMethod controller) {
		String method = controller.getBeanType().getSimpleName() + "#" + controller.getMethod().getName();
		return (controller.getBean() instanceof String bean) ? method + " of bean '" + bean + "'" : method;
	}

}
