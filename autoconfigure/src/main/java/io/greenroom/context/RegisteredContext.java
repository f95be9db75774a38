package io.greenroom.context;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.greenroom.observe.ContextCarrier;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Carries whatever has a {@link ThreadLocalAccessor}: those in Micrometer's registry at
 * the time, such as observations and security, and those given here, which are not put
 * into the registry, so that other libraries go on as before. Of two with one key the
 * registry's is used.
 * <p>
 * Safe for use by many threads. Accessors are called in order, the given ones first, and
 * set back in reverse order.
 */
public final class RegisteredContext implements ContextCarrier {

	private final ContextRegistry registry;

	private final List<ThreadLocalAccessor<?>> given;

	private final Map<Object, Detachment> detachments;

	/** Has nothing to set, but takes away what a thread has. */
	private final Snapshot nothing = new Captured(Map.of());

	/**
	 * Makes a carrier.
	 * @param registry the registry, asked anew each time
	 * @param given accessors to use beside those registered
	 */
	public RegisteredContext(ContextRegistry registry, List<? extends ThreadLocalAccessor<?>> given) {
		this(registry, given, Map.of());
	}

	/**
	 * Makes a carrier that knows what must not outlive the captured thread's work.
	 * @param registry the registry, asked anew each time
	 * @param given accessors to use beside those registered
	 * @param detachments what becomes of values that nobody waits for, by the keys of
	 * their accessors, given or registered
	 */
	public RegisteredContext(ContextRegistry registry, List<? extends ThreadLocalAccessor<?>> given,
			Map<Object, Detachment> detachments) {
		this.registry = registry;
		this.given = List.copyOf(given);
		this.detachments = Map.copyOf(detachments);
	}

	@Override
	public Snapshot capture() {
		return capture(Map.of());
	}

	@Override
	public Snapshot captureDetached() {
		return capture(this.detachments);
	}

	/**
	 * What detached captures leave out is not looked at: it belongs to the thread's own
	 * work, and what an accessor says of it need not be what it was set to.
	 */
	@Override
	public Scope guard() {
		Deque<Runnable> back = new ArrayDeque<>();
		for (ThreadLocalAccessor<?> accessor : this.given) {
			if (!isRegistered(accessor.key())) {
				guard(accessor, back);
			}
		}
		for (ThreadLocalAccessor<?> accessor : this.registry.getThreadLocalAccessors()) {
			guard(accessor, back);
		}
		return () -> close(back);
	}

	private <V> void guard(ThreadLocalAccessor<V> accessor, Deque<Runnable> back) {
		if (this.detachments.get(accessor.key()) == Detachment.LEFT_OUT) {
			return;
		}
		V before = accessor.getValue();
		back.push(() -> {
			V now = accessor.getValue();
			if (before != null && !before.equals(now)) {
				accessor.restore(before);
			}
			else if (before == null && now != null) {
				accessor.setValue();
			}
		});
	}

	private Snapshot capture(Map<Object, Detachment> detaching) {
		Map<Object, Object> values = null;
		for (ThreadLocalAccessor<?> accessor : this.given) {
			values = isRegistered(accessor.key()) ? values : captured(accessor, detaching, values);
		}
		for (ThreadLocalAccessor<?> accessor : this.registry.getThreadLocalAccessors()) {
			values = captured(accessor, detaching, values);
		}
		return (values != null) ? new Captured(values) : this.nothing;
	}

	private static @Nullable Map<Object, Object> captured(ThreadLocalAccessor<?> accessor,
			Map<Object, Detachment> detaching, @Nullable Map<Object, Object> values) {
		Detachment detachment = detaching.get(accessor.key());
		Object value = (detachment != null) ? detachment.detached(accessor) : accessor.getValue();
		if (value == null) {
			return values;
		}
		Map<Object, Object> all = (values != null) ? values : new LinkedHashMap<>();
		all.put(accessor.key(), value);
		return all;
	}

	private boolean isRegistered(Object key) {
		for (ThreadLocalAccessor<?> accessor : this.registry.getThreadLocalAccessors()) {
			if (accessor.key().equals(key)) {
				return true;
			}
		}
		return false;
	}

	/** What a thread had, by the keys of the accessors. */
	private final class Captured implements Snapshot {

		private final Map<Object, Object> values;

		Captured(Map<Object, Object> values) {
			this.values = values;
		}

		@Override
		public boolean isEmpty() {
			return this.values.isEmpty();
		}

		@Override
		public Scope open() {
			Deque<Runnable> back = new ArrayDeque<>();
			try {
				for (ThreadLocalAccessor<?> accessor : RegisteredContext.this.given) {
					if (!isRegistered(accessor.key())) {
						set(accessor, back);
					}
				}
				for (ThreadLocalAccessor<?> accessor : RegisteredContext.this.registry.getThreadLocalAccessors()) {
					set(accessor, back);
				}
			}
			catch (Throwable failure) {
				close(back);
				throw failure;
			}
			return () -> close(back);
		}

		/** Sets one, or takes it away, and remembers how to undo that. */
		@SuppressWarnings("unchecked") // the value is what the accessor has given
		private <V> void set(ThreadLocalAccessor<V> accessor, Deque<Runnable> back) {
			V before = accessor.getValue();
			V value = (V) this.values.get(accessor.key());
			if (value != null) {
				accessor.setValue(value);
			}
			else if (before != null) {
				accessor.setValue();
			}
			else {
				back.push(() -> takeAwayWhatWasLeft(accessor));
				return;
			}
			back.push((before != null) ? () -> accessor.restore(before) : accessor::restore);
		}

		/** The work may have set what neither it nor the thread had. */
		private static void takeAwayWhatWasLeft(ThreadLocalAccessor<?> accessor) {
			if (accessor.getValue() != null) {
				accessor.setValue();
			}
		}

	}

	/** Undoes all, also when one fails; the first failure is thrown. */
	private static void close(Deque<Runnable> back) {
		RuntimeException first = null;
		for (Runnable undo : back) {
			try {
				undo.run();
			}
			catch (RuntimeException failure) {
				if (first == null) {
					first = failure;
				}
				else {
					first.addSuppressed(failure);
				}
			}
		}
		if (first != null) {
			throw first;
		}
	}

}
