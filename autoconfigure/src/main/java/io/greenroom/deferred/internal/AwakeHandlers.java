package io.greenroom.deferred.internal;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The members of a family that have a green thread, in the order in which they woke. If
 * there are too many, those that woke first are asked to give their thread back.
 * Thread-safe.
 */
final class AwakeHandlers {

	private final int most;

	/** Guarded by itself. */
	private final Set<Handler> awake = new LinkedHashSet<>();

	AwakeHandlers(int most) {
		this.most = most;
	}

	/** Adds a handler that has woken. */
	void add(Handler handler) {
		Handler longest = addFirst(handler) ? longest() : null;
		if (longest != null) {
			longest.rest();
		}
	}

	private boolean addFirst(Handler handler) {
		synchronized (this.awake) {
			return this.awake.add(handler) && this.awake.size() > this.most;
		}
	}

	/** Returns the handler that woke first, and moves it to the end of the order. */
	private @Nullable Handler longest() {
		synchronized (this.awake) {
			Iterator<Handler> all = this.awake.iterator();
			if (!all.hasNext()) {
				return null;
			}
			Handler first = all.next();
			all.remove();
			this.awake.add(first);
			return first;
		}
	}

	void remove(Handler handler) {
		synchronized (this.awake) {
			this.awake.remove(handler);
		}
	}

	List<Handler> all() {
		synchronized (this.awake) {
			return List.copyOf(this.awake);
		}
	}

}
