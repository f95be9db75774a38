package io.greenroom.green;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;

import io.greenroom.green.internal.Limits;
import io.greenroom.observe.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * A bounded first-in, first-out queue between threads, which can be closed and which
 * counts the items that are still being worked on.
 * <p>
 * The queue is fair: blocked getters and putters are served in the order of their
 * arrival, and are never overtaken. A getter whose wait ends by timeout, interrupt or
 * kill takes no item with it: an item that was on its way goes back to the head, and so
 * to the next in line.
 * <p>
 * After {@link #close()}, puts are rejected. Gets receive what is left and then a
 * {@link QueueClosedException}, and a loop over the queue ends. So {@code null} and
 * {@code false} always mean "not in this time", and the exception means "never again".
 * <p>
 * Thread-safe, for threads of any kind. Actions before a put happen-before actions after
 * the get of that item. If closing, fairness and counting are not needed,
 * {@link java.util.concurrent.ArrayBlockingQueue} works just as well on green threads.
 * Inspired by gevent's joinable queue.
 *
 * @param <T> the type of the items
 */
public final class GreenQueue<T> implements Iterable<T>, AutoCloseable {

	private final int capacity;

	private final ReentrantLock lock = new ReentrantLock();

	/**
	 * Guarded by the lock, as are all fields below. Getters wait only while it is empty,
	 * and putters only while it is full. It may exceed the capacity by items that killed
	 * getters have given back.
	 */
	private final Deque<T> items = new ArrayDeque<>();

	private final WaitQueue<T> getters = new WaitQueue<>();

	private final WaitQueue<T> putters = new WaitQueue<>();

	private long unfinished;

	private boolean closed;

	/** Whether the remaining items have been discarded. */
	private boolean emptied;

	/** Set while nothing is unfinished. Only its waits are used without the lock. */
	private final GreenEvent finished = new GreenEvent();

	/**
	 * Creates an empty queue.
	 * @param capacity the maximum number of items
	 * @throws IllegalArgumentException if the capacity is less than 1
	 */
	public GreenQueue(int capacity) {
		if (capacity < 1) {
			throw new IllegalArgumentException(
					"The capacity of a queue is " + capacity + "; give a number of items of at least 1");
		}
		this.capacity = capacity;
		this.finished.set();
	}

	/**
	 * Puts an item if there is room. Does not block.
	 * @param item the item
	 * @return whether it is in the queue
	 * @throws QueueClosedException if the queue is closed
	 */
	public boolean offer(T item) {
		Objects.requireNonNull(item, "item");
		lock();
		try {
			return putNow(item);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Puts an item. Blocks in line while the queue is full. If an interrupt and room come
	 * together, the item is in, and the interrupt flag stays set.
	 * @param item the item
	 * @throws InterruptedException if the caller is interrupted before the item is in
	 * @throws QueueClosedException if the queue is closed, even while the caller waits
	 */
	public void put(T item) throws InterruptedException {
		put(item, Long.MAX_VALUE);
	}

	/**
	 * Puts an item. Blocks in line while the queue is full, up to the limit.
	 * @param item the item
	 * @param limit the maximum time to wait; zero checks once without waiting
	 * @return whether it is in the queue
	 * @throws InterruptedException if the caller is interrupted before the item is in
	 * @throws QueueClosedException if the queue is closed, even while the caller waits
	 * @throws IllegalArgumentException if the limit is negative
	 * @see #put(Object)
	 */
	public boolean tryPut(T item, Duration limit) throws InterruptedException {
		return put(item, Limits.nanos(limit, "limit"));
	}

	private boolean put(T item, long nanos) throws InterruptedException {
		Objects.requireNonNull(item, "item");
		throwIfInterrupted();
		QueueWaiter<T> waiter;
		lock();
		try {
			if (putNow(item)) {
				return true;
			}
			if (nanos == 0) {
				return false;
			}
			waiter = new QueueWaiter<>(item);
			this.putters.add(waiter);
		}
		finally {
			this.lock.unlock();
		}
		waiter.await(this, nanos);
		return switch (settle(waiter, this.putters)) {
			case SERVED -> true;
			case CLOSED -> throw rejectedPut();
			case WAITING -> {
				throwIfInterrupted();
				yield false;
			}
		};
	}

	/** Hands the item to the first getter, or queues it if there is room. */
	private boolean putNow(T item) {
		if (this.closed) {
			throw rejectedPut();
		}
		QueueWaiter<T> getter = this.getters.poll();
		if (getter != null) {
			count();
			getter.serve(item);
			return true;
		}
		if (this.items.size() >= this.capacity) {
			return false;
		}
		count();
		this.items.addLast(item);
		return true;
	}

	private void count() {
		if (this.unfinished++ == 0) {
			this.finished.clear();
		}
	}

	/**
	 * Takes the first item if there is one. Does not block.
	 * @return the item, or {@code null} if the queue is empty
	 * @throws QueueClosedException if the queue is closed and nothing is left
	 */
	public @Nullable T poll() {
		lock();
		try {
			return takeNow();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Takes the first item. Blocks in line while the queue is empty.
	 * @return the item
	 * @throws InterruptedException if the caller is interrupted; no item is taken then
	 * @throws QueueClosedException if the queue is closed, even while the caller waits,
	 * and nothing is left
	 */
	public T take() throws InterruptedException {
		return Objects.requireNonNull(take(Long.MAX_VALUE));
	}

	/**
	 * Takes the first item. Blocks in line while the queue is empty, up to the limit.
	 * @param limit the maximum time to wait; zero checks once without waiting
	 * @return the item, or {@code null} if none came in time
	 * @throws InterruptedException if the caller is interrupted; no item is taken then
	 * @throws QueueClosedException if the queue is closed, even while the caller waits,
	 * and nothing is left
	 * @throws IllegalArgumentException if the limit is negative
	 */
	public @Nullable T tryTake(Duration limit) throws InterruptedException {
		return take(Limits.nanos(limit, "limit"));
	}

	private @Nullable T take(long nanos) throws InterruptedException {
		throwIfInterrupted();
		QueueWaiter<T> waiter;
		lock();
		try {
			T item = takeNow();
			if (item != null || nanos == 0) {
				return item;
			}
			waiter = new QueueWaiter<>(null);
			this.getters.add(waiter);
		}
		finally {
			this.lock.unlock();
		}
		waiter.await(this, nanos);
		return switch (settle(waiter, this.getters)) {
			case SERVED -> keepOrGiveBack(Objects.requireNonNull(waiter.item()));
			case CLOSED -> throw ended();
			case WAITING -> {
				throwIfInterrupted();
				yield null;
			}
		};
	}

	/** Takes the first item and lets the first putter in. */
	private @Nullable T takeNow() {
		T item = this.items.pollFirst();
		if (item == null && this.closed) {
			throw ended();
		}
		if (item != null && this.items.size() < this.capacity) {
			QueueWaiter<T> putter = this.putters.poll();
			if (putter != null) {
				count();
				this.items.addLast(Objects.requireNonNull(putter.item()));
				putter.serve(null);
			}
		}
		return item;
	}

	/** Returns how the wait has ended. A waiter without an answer has left the line. */
	private QueueWaiter.Answer settle(QueueWaiter<T> waiter, WaitQueue<T> line) {
		QueueWaiter.Answer answer = waiter.answer();
		if (answer != QueueWaiter.Answer.WAITING) {
			return answer;
		}
		this.lock.lock();
		try {
			if (waiter.answer() == QueueWaiter.Answer.WAITING) {
				line.remove(waiter);
			}
			return waiter.answer();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Gives back the item of a killed getter. The getter keeps the item, and its
	 * interrupt flag, only if nobody could get it any more.
	 */
	private T keepOrGiveBack(T item) throws InterruptedException {
		if (!Thread.currentThread().isInterrupted()) {
			return item;
		}
		this.lock.lock();
		try {
			if (this.emptied) {
				return item;
			}
			QueueWaiter<T> next = this.getters.poll();
			if (next != null) {
				next.serve(item);
			}
			else {
				this.items.addFirst(item);
			}
		}
		finally {
			this.lock.unlock();
		}
		Thread.interrupted();
		throw new InterruptedException();
	}

	/**
	 * Takes the lock. Near the end of the stack, the JDK's lock may be taken and never
	 * released, so there must be room. A thread that has waited does not check again,
	 * because it has as much room as before.
	 */
	private void lock() {
		StackRoom.check();
		this.lock.lock();
	}

	private static void throwIfInterrupted() throws InterruptedException {
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
	}

	/**
	 * Marks the work on one taken item as done, for threads that {@linkplain #join()
	 * join}. Does not block.
	 * @throws IllegalStateException if this was called more often than items were put
	 */
	public void taskDone() {
		lock();
		try {
			if (this.unfinished == 0) {
				throw new IllegalStateException(
						"taskDone() was called more often than items were put; call it once for each item taken");
			}
			uncount(1);
		}
		finally {
			this.lock.unlock();
		}
	}

	private void uncount(int number) {
		this.unfinished -= number;
		if (this.unfinished == 0) {
			this.finished.set();
		}
	}

	/**
	 * Waits until every item that was put has been taken and {@linkplain #taskDone()
	 * done}. Returns at once if nothing was put.
	 * @throws InterruptedException if the caller is interrupted while it waits
	 */
	public void join() throws InterruptedException {
		this.finished.await();
	}

	/**
	 * Waits up to the limit until every item that was put has been taken and done.
	 * @param limit the maximum time to wait; zero checks once without waiting
	 * @return whether it was so
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws IllegalArgumentException if the limit is negative
	 * @see #join()
	 */
	public boolean join(Duration limit) throws InterruptedException {
		return this.finished.await(limit);
	}

	/**
	 * Rejects puts from now on, including blocked ones. Items in the queue can still be
	 * taken. Getters that wait for more get a {@link QueueClosedException}. Idempotent.
	 */
	@Override
	public void close() {
		lock();
		try {
			this.closed = true;
			rejectAll(this.putters);
			rejectAll(this.getters);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Closes the queue and discards the remaining items; gets end at once. Discarded
	 * items count as done, so that {@link #join()} waits only for what was taken.
	 * Idempotent.
	 * @return the discarded items, in order
	 */
	public List<T> closeNow() {
		lock();
		try {
			close();
			this.emptied = true;
			List<T> left = new ArrayList<>(this.items);
			this.items.clear();
			uncount(left.size());
			return left;
		}
		finally {
			this.lock.unlock();
		}
	}

	private static <T> void rejectAll(WaitQueue<T> line) {
		for (QueueWaiter<T> waiter = line.poll(); waiter != null; waiter = line.poll()) {
			waiter.reject();
		}
	}

	private static QueueClosedException rejectedPut() {
		return new QueueClosedException("The queue is closed; put before close(), or into another queue");
	}

	private static QueueClosedException ended() {
		return new QueueClosedException("The queue is closed and nothing is left; loop over the queue to stop here");
	}

	/**
	 * Returns whether puts are rejected.
	 * @return whether the queue is closed; items may be left
	 */
	public boolean isClosed() {
		lock();
		try {
			return this.closed;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Returns how many items can be taken at this moment.
	 * @return the number of items in the queue, without those of blocked putters
	 */
	public int size() {
		lock();
		try {
			return this.items.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Returns how many items can be put at this moment without waiting.
	 * @return the free room; zero if the queue is closed
	 */
	public int remaining() {
		lock();
		try {
			return this.closed ? 0 : Math.max(0, this.capacity - this.items.size());
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Returns the maximum number of items.
	 * @return the capacity
	 */
	public int capacity() {
		return this.capacity;
	}

	/** How many getters and putters are blocked at this moment. */
	int waiting() {
		lock();
		try {
			return this.getters.size() + this.putters.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Returns an iterator that takes items as they come and ends when the queue is closed
	 * and empty. {@code hasNext} blocks and takes; it answers an interrupt with a
	 * {@link CancellationException}, and the interrupt flag stays set. Several threads
	 * may loop over one queue, each with an iterator of its own; every item goes to one
	 * of them.
	 */
	@Override
	public Iterator<T> iterator() {
		return new Taker();
	}

	@Override
	public String toString() {
		return "GreenQueue[" + size() + " of " + this.capacity + (isClosed() ? ", closed]" : "]");
	}

	/** Confined to the thread that loops. */
	private final class Taker implements Iterator<T> {

		private @Nullable T next;

		@Override
		public boolean hasNext() {
			if (this.next != null) {
				return true;
			}
			try {
				this.next = take();
				return true;
			}
			catch (QueueClosedException end) {
				return false;
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				CancellationException cancelled = new CancellationException(
						"Interrupted while waiting for the next item of a queue");
				cancelled.initCause(ex);
				throw cancelled;
			}
		}

		@Override
		public T next() {
			if (!hasNext()) {
				throw new NoSuchElementException("The queue is closed and nothing is left");
			}
			T item = Objects.requireNonNull(this.next);
			this.next = null;
			return item;
		}

	}

}
