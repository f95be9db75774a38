package io.greenroom.deferred.internal;

import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * The handlers that an integration has created, for reports on them. Does not keep any of
 * them alive. Thread-safe.
 */
public final class Handlers {

	/** Guarded by the set. */
	private final Set<Handler> all = Collections.newSetFromMap(new WeakHashMap<>());

	/** Creates an empty collection. */
	public Handlers() {
	}

	/**
	 * Adds a handler.
	 * @param handler the handler
	 */
	public void add(Handler handler) {
		Objects.requireNonNull(handler, "handler");
		synchronized (this.all) {
			this.all.add(handler);
		}
	}

	/**
	 * Removes a handler whose object is gone.
	 * @param handler the handler
	 */
	public void remove(Handler handler) {
		Objects.requireNonNull(handler, "handler");
		synchronized (this.all) {
			this.all.remove(handler);
		}
	}

	/**
	 * Returns the current handlers.
	 * @return a copy, in any order
	 */
	public List<Handler> all() {
		synchronized (this.all) {
			return List.copyOf(this.all);
		}
	}

	@Override
	public String toString() {
		return "Handlers[" + all().size() + "]";
	}

}
