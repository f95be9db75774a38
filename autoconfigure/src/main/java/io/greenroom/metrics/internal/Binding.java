package io.greenroom.metrics.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Holds the registry once it is available. Handlers and machines can be at work before
 * that, because a registry of Spring Boot is complete only when all singletons have been
 * created.
 */
final class Binding {

	/**
	 * Guarded by {@code this}. Contains one entry for each name or state, never one for
	 * each call.
	 */
	private final List<Consumer<MeterRegistry>> waiting = new ArrayList<>();

	/** Written once, guarded by {@code this}. Volatile for reads without the lock. */
	private volatile @Nullable MeterRegistry registry;

	@Nullable MeterRegistry registry() {
		return this.registry;
	}

	/**
	 * Runs the action immediately if there is a registry, or else once when it is set.
	 */
	void whenBound(Consumer<MeterRegistry> action) {
		MeterRegistry bound;
		synchronized (this) {
			bound = this.registry;
			if (bound == null) {
				this.waiting.add(action);
				return;
			}
		}
		action.accept(bound);
	}

	void bind(MeterRegistry registry) {
		List<Consumer<MeterRegistry>> actions;
		synchronized (this) {
			if (this.registry != null) {
				return;
			}
			this.registry = registry;
			actions = List.copyOf(this.waiting);
			this.waiting.clear();
		}
		actions.forEach((action) -> action.accept(registry));
	}

}
