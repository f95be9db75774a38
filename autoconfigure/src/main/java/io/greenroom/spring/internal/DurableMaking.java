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
 * Has the instances of one handler made, a few at once and one after the other without a
 * pause, those first that were asked for first. A handler whose instances are slow to
 * make does not hold up the others. Safe for use by many threads.
 */
final class DurableMaking {

	/** How many are made at once. */
	private static final int AT_ONCE = 8;

	private final String name;

	private final BooleanSupplier isOver;

	private final ReentrantLock lock = new ReentrantLock();

	/** Whether the instance is to be made anew, by row; guarded by the lock. */
	private Map<RowId, Boolean> waiting = new LinkedHashMap<>();

	/** Those that are being made; guarded by the lock. */
	private final Set<RowId> making = new HashSet<>();

	/** How many threads make them; guarded by the lock. */
	private int threads;

	/**
	 * Makes one that has nothing to do.
	 * @param name the handler
	 * @param isOver whether nothing is to be made any more
	 */
	DurableMaking(String name, BooleanSupplier isOver) {
		this.name = Objects.requireNonNull(name, "name");
		this.isOver = Objects.requireNonNull(isOver, "isOver");
	}

	/**
	 * Has these made next, instead of what was to be made until now.
	 * @param ids whose instances, in this order
	 * @param renewed which of them are to be made anew
	 * @param make makes one; must not throw
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
				// Not even its failure could be told.
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

	/** Returns null when there are no more, and the thread is to end. */
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

	/** Makes an instance. */
	@FunctionalInterface
	interface Make {

		void make(RowId id, boolean anew);

	}

}
