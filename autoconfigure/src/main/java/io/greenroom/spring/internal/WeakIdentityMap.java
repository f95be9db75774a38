package io.greenroom.spring.internal;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * Maps objects, by identity, to what belongs to them, and keeps neither of them alive.
 * Safe for use by many threads.
 *
 * @param <V> the type of the values
 */
final class WeakIdentityMap<V> {

	private final Map<Key, WeakReference<V>> values = new ConcurrentHashMap<>();

	private final ReferenceQueue<Object> collected = new ReferenceQueue<>();

	void put(Object object, V value) {
		for (Reference<?> gone = this.collected.poll(); gone != null; gone = this.collected.poll()) {
			this.values.remove(gone);
		}
		this.values.put(new Key(object, this.collected), new WeakReference<>(value));
	}

	@Nullable V get(Object object) {
		WeakReference<V> value = this.values.get(new Key(object, null));
		return (value != null) ? value.get() : null;
	}

	void remove(Object object) {
		this.values.remove(new Key(object, null));
	}

	private static final class Key extends WeakReference<Object> {

		private final int hash;

		Key(Object object, @Nullable ReferenceQueue<Object> queue) {
			super(object, queue);
			this.hash = System.identityHashCode(object);
		}

		@Override
		public boolean equals(@Nullable Object other) {
			if (this == other) {
				return true;
			}
			Object mine = get();
			return mine != null && other instanceof Key key && key.get() == mine;
		}

		@Override
		public int hashCode() {
			return this.hash;
		}

	}

}
