package io.greenroom.green;

import org.jspecify.annotations.Nullable;

/**
 * A thread that waits in a queue: a getter for an item, or a putter with one. It is
 * answered once, under the queue's lock, by the thread that takes it out of its line.
 */
final class QueueWaiter<T> {

	enum Answer {

		WAITING,

		/** The getter has its item; the putter's item is in the queue. */
		SERVED,

		CLOSED

	}

	private final Thread thread = Thread.currentThread();

	/** The neighbours in the line. Guarded by the queue's lock. */
	@Nullable QueueWaiter<T> before;

	@Nullable QueueWaiter<T> after;

	/** Set from the start for a putter; written before the answer for a getter. */
	private @Nullable T item;

	private volatile Answer answer = Answer.WAITING;

	QueueWaiter(@Nullable T item) {
		this.item = item;
	}

	@Nullable T item() {
		return this.item;
	}

	Answer answer() {
		return this.answer;
	}

	void serve(@Nullable T item) {
		this.item = item;
		answer(Answer.SERVED);
	}

	void reject() {
		answer(Answer.CLOSED);
	}

	private void answer(Answer answer) {
		this.answer = answer;
		Blocking.wake(this.thread);
	}

	/**
	 * Waits for the answer, until the time is over or the thread is interrupted; the
	 * interrupt flag stays set. The queue checks under its lock how the wait has ended.
	 */
	void await(Object queue, long nanos) {
		long start = Blocking.now();
		while (this.answer == Answer.WAITING && !Thread.currentThread().isInterrupted()) {
			if (nanos == Long.MAX_VALUE) {
				Blocking.park(queue);
				continue;
			}
			long left = nanos - (Blocking.now() - start);
			if (left <= 0) {
				return;
			}
			Blocking.park(queue, left);
		}
	}

}
