package io.greenroom.metrics.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;

/**
 * The registry, once it is there. Handlers and machines may be at work before it is: a
 * registry of Spring Boot is whole only when all singletons are made.
 */
final class Binding {

	/**
	 * Guarded by this. Holds an entry for each name or state, never one for each call.
	 */
	private final List<Consumer<MeterRegistry>> waiting = new ArrayList<>();

	/** Written once, guarded by this; volatile for those who only look. */
	private volatile @Nullable MeterRegistry registry;

	@Nullable MeterRegistry registry() {
		return this.registry;
	}

	/** Runs the action now or, once, when the registry comes. */
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
