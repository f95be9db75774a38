package io.greenroom.metrics.internal;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

import org.jspecify.annotations.Nullable;

/**
 * The gauges of all live instances that share a name. They are held weakly, so that a
 * gauge never keeps a handler alive, and a collected instance leaves nothing behind.
 */
final class LiveGauges<G> {

	private final Set<Reference<G>> references = ConcurrentHashMap.newKeySet();

	private final ReferenceQueue<G> collected = new ReferenceQueue<>();

	void add(G gauges) {
		forgetCollected();
		this.references.add(new WeakReference<>(gauges, this.collected));
	}

	double sum(ToDoubleFunction<G> number) {
		return numbers(number).sum();
	}

	double max(ToDoubleFunction<G> number) {
		return numbers(number).max().orElse(0);
	}

	/**
	 * Returns the number of references, which may include instances that were just
	 * collected.
	 */
	int size() {
		forgetCollected();
		return this.references.size();
	}

	private DoubleStream numbers(ToDoubleFunction<G> number) {
		forgetCollected();
		return this.references.stream().mapMultiToDouble((reference, sink) -> {
			@Nullable G gauges = reference.get();
			if (gauges != null) {
				sink.accept(number.applyAsDouble(gauges));
			}
		});
	}

	private void forgetCollected() {
		for (Reference<? extends G> gone = this.collected.poll(); gone != null; gone = this.collected.poll()) {
			this.references.remove(gone);
		}
	}

}
