package io.greenroom.keyed.internal;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * The instances that may be idle, ordered by their last use. Calls do not update this
 * heap: an instance keeps the position of its last known use until it reaches the top,
 * and is repositioned then. Because the time of use only grows, an instance at the top
 * whose time is current is the longest idle one. Safe for use by many threads.
 */
final class IdleInstances {

	/** A heap. Guarded by this. */
	private @Nullable Instance<?>[] heap = new Instance<?>[16];

	/** Guarded by this. */
	private int size;

	/** Adds an instance that no caller is in, unless it is present. */
	void add(Instance<?> instance) {
		if (instance.place < 0) {
			addNew(instance);
		}
	}

	private synchronized void addNew(Instance<?> instance) {
		if (instance.place < 0) {
			if (this.size == this.heap.length) {
				this.heap = Arrays.copyOf(this.heap, 2 * this.size);
			}
			instance.knownUse = instance.lastUse();
			put(this.size++, instance);
			up(instance.place);
		}
	}

	/** Removes an instance if it is present. */
	synchronized void remove(Instance<?> instance) {
		int place = instance.place;
		if (place >= 0) {
			instance.place = -1;
			Instance<?> last = take(--this.size);
			if (place < this.size) {
				put(place, last);
				up(place);
				down(last.place);
			}
			shrink();
		}
	}

	/**
	 * Removes and returns the longest idle instance if it has been idle since the given
	 * time. A busy instance that is found on the way is removed as well, but not
	 * returned.
	 */
	synchronized @Nullable Instance<?> poll(long before) {
		while (this.size > 0) {
			Instance<?> first = at(0);
			if (first.knownUse - before > 0) {
				return null;
			}
			long used = first.lastUse();
			if (first.isEntered()) {
				remove(first);
				if (!first.isEntered()) {
					// The last caller to leave may have found it in the heap, and so not
					// added it.
					addNew(first);
				}
			}
			else if (used != first.knownUse) {
				first.knownUse = used;
				down(0);
			}
			else {
				remove(first);
				return first;
			}
		}
		return null;
	}

	private void up(int from) {
		int place = from;
		while (place > 0 && isBefore(place, (place - 1) / 2)) {
			swap(place, (place - 1) / 2);
			place = (place - 1) / 2;
		}
	}

	private void down(int from) {
		int place = from;
		while (true) {
			int least = 2 * place + 1;
			if (least >= this.size) {
				return;
			}
			if (least + 1 < this.size && isBefore(least + 1, least)) {
				least++;
			}
			if (!isBefore(least, place)) {
				return;
			}
			swap(place, least);
			place = least;
		}
	}

	private boolean isBefore(int one, int other) {
		return at(one).knownUse - at(other).knownUse < 0;
	}

	private void swap(int one, int other) {
		Instance<?> moved = at(one);
		put(one, at(other));
		put(other, moved);
	}

	private void put(int place, Instance<?> instance) {
		this.heap[place] = instance;
		instance.place = place;
	}

	private Instance<?> at(int place) {
		return java.util.Objects.requireNonNull(this.heap[place]);
	}

	private Instance<?> take(int place) {
		Instance<?> taken = at(place);
		this.heap[place] = null;
		return taken;
	}

	/** A peak must not hold memory for good. */
	private void shrink() {
		if (this.heap.length > 1024 && this.size < this.heap.length / 4) {
			this.heap = Arrays.copyOf(this.heap, this.heap.length / 2);
		}
	}

}
