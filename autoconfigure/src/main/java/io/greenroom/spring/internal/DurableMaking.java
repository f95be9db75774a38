package io.greenroom.spring.internal;

import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import io.greenroom.durable.internal.RowId;
import org.jspecify.annotations.Nullable;

/**
 * Creates the instances of one handler in the order of the requests, a few at once and
 * without pauses. A handler whose instances are slow to create does not delay the others.
 * Safe for use by many threads.
 */
final class DurableMaking {

	/** How many instances are created at once. */
	private static final int AT_ONCE = 8;

	private final String name;

	private final BooleanSupplier isOver;

	private final ReentrantLock lock = new ReentrantLock();

	/** Whether an instance is to be renewed, by row. Guarded by the lock. */
	private Map<RowId, Boolean> waiting = new LinkedHashMap<>();

	/** The instances that are being created. Guarded by the lock. */
	private final Set<RowId> making = new HashSet<>();

	/** The number of creating threads. Guarded by the lock. */
	private int threads;

	/**
	 * Creates an object without pending work.
	 * @param name the handler
	 * @param isOver whether instances are no longer to be created
	 */
	DurableMaking(String name, BooleanSupplier isOver) {
		this.name = Objects.requireNonNull(name, "name");
		this.isOver = Objects.requireNonNull(isOver, "isOver");
	}

	/**
	 * Sets the instances to create next, in place of the previous ones.
	 * @param ids the rows of the instances, in this order
	 * @param renewed those that are to be renewed
	 * @param make creates an instance; must not throw
	 */
	void next(Set<RowId> ids, Set<RowId> renewed, Make make) {
		int more;
		this.lock.lock();
		try {
			Map<RowId, Boolean> next = new LinkedHashMap<>();
			for (RowId id : ids) {
				if (!this.making.contains(id)) {
					next.put(id, renewed.contains(id) || this.waiting.getOrDefault(id, false));
				}
			}
			this.waiting = next;
			more = Math.min(AT_ONCE - this.threads, next.size());
			this.threads += more;
		}
		finally {
			this.lock.unlock();
		}
		int started = 0;
		try {
			for (; started < more; started++) {
				Thread.ofVirtual().name("greenroom-durable-" + this.name).start(() -> work(make));
			}
		}
		finally {
			if (started < more) {
				ended(more - started);
			}
		}
	}

	private void ended(int count) {
		this.lock.lock();
		try {
			this.threads -= count;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void work(Make make) {
		@Nullable RowId made = null;
		boolean done = false;
		try {
			for (Map.Entry<RowId, Boolean> next = take(made); next != null; next = take(made)) {
				made = next.getKey();
				make.make(made, next.getValue());
			}
			done = true;
		}
		finally {
			if (!done) {
				// Not even the failure could be reported.
				this.lock.lock();
				try {
					this.making.remove(made);
					this.threads--;
				}
				finally {
					this.lock.unlock();
				}
			}
		}
	}

	/** Returns {@code null} if nothing is left, and the thread must end. */
	private Map.@Nullable Entry<RowId, Boolean> take(@Nullable RowId made) {
		boolean over = this.isOver.getAsBoolean();
		this.lock.lock();
		try {
			if (made != null) {
				this.making.remove(made);
			}
			Iterator<Map.Entry<RowId, Boolean>> all = this.waiting.entrySet().iterator();
			if (over || !all.hasNext()) {
				this.threads--;
				return null;
			}
			Map.Entry<RowId, Boolean> next = Map.entry(all.next().getKey(), false);
			Boolean anew = this.waiting.remove(next.getKey());
			this.making.add(next.getKey());
			return Map.entry(next.getKey(), Boolean.TRUE.equals(anew));
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Creates an instance. */
	@FunctionalInterface
	interface Make {

		void make(RowId id, boolean anew);

	}

}
