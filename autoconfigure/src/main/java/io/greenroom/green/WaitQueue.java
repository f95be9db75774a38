package io.greenroom.green;

import org.jspecify.annotations.Nullable;

/**
 * The threads that wait on one side of a queue, in the order of their arrival. Leaving
 * from the middle is as cheap as from the front. All of it is guarded by the queue's
 * lock.
 */
final class WaitQueue<T> {

	private @Nullable QueueWaiter<T> first;

	private @Nullable QueueWaiter<T> last;

	private int size;

	int size() {
		return this.size;
	}

	void add(QueueWaiter<T> waiter) {
		waiter.before = this.last;
		if (this.last == null) {
			this.first = waiter;
		}
		else {
			this.last.after = waiter;
		}
		this.last = waiter;
		this.size++;
	}

	@Nullable QueueWaiter<T> poll() {
		QueueWaiter<T> head = this.first;
		if (head != null) {
			remove(head);
		}
		return head;
	}

	/** Takes out a waiter that is in the line. */
	void remove(QueueWaiter<T> waiter) {
		if (waiter.before == null) {
			this.first = waiter.after;
		}
		else {
			waiter.before.after = waiter.after;
		}
		if (waiter.after == null) {
			this.last = waiter.before;
		}
		else {
			waiter.after.before = waiter.before;
		}
		waiter.before = null;
		waiter.after = null;
		this.size--;
	}

}
