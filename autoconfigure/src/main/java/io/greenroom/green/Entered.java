package io.greenroom.green;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The threads that have taken slots of one pool for themselves. Not a thread local,
 * because a slot may be returned by a thread other than the one that took it.
 */
final class Entered {

	/** How many slots each thread has. */
	private final Map<Thread, Integer> slots = new ConcurrentHashMap<>();

	void add(Thread thread) {
		this.slots.merge(thread, 1, Integer::sum);
	}

	void remove(Thread thread) {
		this.slots.computeIfPresent(thread, (_, count) -> (count > 1) ? count - 1 : null);
	}

	boolean contains(Thread thread) {
		return !this.slots.isEmpty() && this.slots.containsKey(thread);
	}

}
