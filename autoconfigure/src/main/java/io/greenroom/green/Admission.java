package io.greenroom.green;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Decides who gets a slot and who waits: a count of taken slots, and one line in front of
 * them. A holder that ends hands its slot to the first in line, so the line is never
 * overtaken and no slot is free while a place waits. Lock-free; no thread ever waits in
 * here.
 */
final class Admission {

	/**
	 * Volatile, so that the next thread that takes or returns a slot sees a new limit.
	 */
	private volatile int limit;

	private final int capacity;

	private final AtomicInteger active = new AtomicInteger();

	/**
	 * Counts the places in the line and those about to be put there, so that the bound
	 * holds and a newcomer does not overtake the latter. Decremented before the slot is
	 * given.
	 */
	private final AtomicInteger queued = new AtomicInteger();

	private final Queue<PoolSlot> line;

	Admission(int limit, int capacity) {
		this(limit, capacity, new ConcurrentLinkedQueue<>());
	}

	/** Creates an admission with a given line, so that a test can come in between. */
	Admission(int limit, int capacity, Queue<PoolSlot> line) {
		this.limit = limit;
		this.capacity = capacity;
		this.line = line;
	}

	int limit() {
		return this.limit;
	}

	int active() {
		return this.active.get();
	}

	int queued() {
		return this.queued.get();
	}

	/** Gives the place a slot if one is free and the line is empty. */
	boolean tryEnter(PoolSlot place) {
		if (this.queued.get() != 0 || !take()) {
			return false;
		}
		place.accept();
		return true;
	}

	/**
	 * Gives the place a slot, or puts it at the end of the line.
	 * @param bounded whether the line's capacity applies to this place
	 * @return whether the place was accepted
	 */
	boolean enter(PoolSlot place, boolean bounded) {
		if (tryEnter(place)) {
			return true;
		}
		if (!count(bounded)) {
			return false;
		}
		try {
			this.line.add(place);
		}
		catch (Throwable outOfMemory) {
			this.queued.decrementAndGet();
			throw outOfMemory;
		}
		// A slot may have come back before its holder could see this place.
		if (take()) {
			handOn();
		}
		return true;
	}

	private boolean count(boolean bounded) {
		while (true) {
			int seen = this.queued.get();
			if (bounded && seen >= this.capacity) {
				return false;
			}
			if (this.queued.compareAndSet(seen, seen + 1)) {
				return true;
			}
		}
	}

	private boolean take() {
		while (true) {
			int seen = this.active.get();
			if (seen >= this.limit) {
				return false;
			}
			if (this.active.compareAndSet(seen, seen + 1)) {
				return true;
			}
		}
	}

	/**
	 * Sets how many slots there are. Slots beyond a smaller limit end when they are
	 * returned.
	 */
	void resize(int limit) {
		this.limit = limit;
		while (!this.line.isEmpty() && take()) {
			handOn();
		}
	}

	/** Gives a slot, which the caller owns, to the first in line, or returns it. */
	void handOn() {
		while (true) {
			PoolSlot next = (this.active.get() > this.limit) ? null : this.line.poll();
			if (next != null) {
				this.queued.decrementAndGet();
				if (next.accept()) {
					return;
				}
				continue;
			}
			this.active.decrementAndGet();
			// A place may have joined the line, and found no slot, since the line was
			// seen empty.
			if (this.line.isEmpty() || !take()) {
				return;
			}
		}
	}

	/**
	 * Takes a place that was given up out of the line, unless a holder has just done so.
	 */
	void leave(PoolSlot place) {
		if (this.line.remove(place)) {
			this.queued.decrementAndGet();
		}
	}

	/** Kills the waiting tasks, which leaves the other places in the line. */
	void killTasks() {
		this.line.forEach(PoolSlot::killWaiting);
	}

	/** Rejects all places that wait. */
	void rejectLine() {
		for (PoolSlot next = this.line.poll(); next != null; next = this.line.poll()) {
			this.queued.decrementAndGet();
			next.reject();
		}
	}

}
