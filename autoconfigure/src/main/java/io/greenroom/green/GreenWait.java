package io.greenroom.green;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.green.internal.Countdown;
import io.greenroom.green.internal.Limits;
import io.greenroom.green.internal.Timing;
import io.greenroom.observe.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * Waits for several things at once and hands them out as they become ready. Each is
 * handed out once, even if it was given twice, and even if it becomes ready while no
 * thread waits. Close it if you stop early, so that it leaves no callback behind.
 * <p>
 * Those that are ready beforehand come first, in the given order. The others come in the
 * order in which they become ready. Thread-safe. A waiting thread can be interrupted.
 * Inspired by gevent's {@code iwait}.
 *
 * @param <A> the type of the awaitables
 */
public final class GreenWait<A extends Awaitable> implements AutoCloseable {

	private final Queue<A> ready = new ConcurrentLinkedQueue<>();

	/** The threads that wait for the next arrival; replaced by each arrival. */
	private final AtomicReference<CompletionLatch<GreenWait<A>>> arrival = new AtomicReference<>(
			new CompletionLatch<>());

	/** How many have not been handed out. */
	private final AtomicInteger left;

	private final List<GreenThread.Link> links = new ArrayList<>();

	private GreenWait(Set<A> distinct) {
		this.left = new AtomicInteger(distinct.size());
	}

	/**
	 * Begins to watch.
	 * @param awaitables what to wait for
	 * @return the wait, which must be closed
	 * @param <A> the type of the awaitables
	 */
	public static <A extends Awaitable> GreenWait<A> on(Collection<? extends A> awaitables) {
		StackRoom.check();
		Objects.requireNonNull(awaitables, "awaitables");
		Set<A> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
		List<A> inOrder = new ArrayList<>(awaitables.size());
		for (A awaitable : awaitables) {
			if (distinct.add(Objects.requireNonNull(awaitable, "one of awaitables"))) {
				inOrder.add(awaitable);
			}
		}
		GreenWait<A> wait = new GreenWait<>(distinct);
		for (A awaitable : inOrder) {
			wait.links.add(awaitable.onReady(() -> wait.arrived(awaitable)));
		}
		return wait;
	}

	/**
	 * Waits until the given number are ready, up to the limit.
	 * @param awaitables what to wait for
	 * @param count how many to wait for; all if there are fewer
	 * @param limit the maximum time to wait; zero checks once without waiting
	 * @return those that were ready by then, at most {@code count}, in the order in which
	 * they became ready
	 * @param <A> the type of the awaitables
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws IllegalArgumentException if the count or the limit is negative
	 */
	public static <A extends Awaitable> List<A> any(Collection<? extends A> awaitables, int count, Duration limit)
			throws InterruptedException {
		try (GreenWait<A> wait = on(awaitables)) {
			return wait.tryTake(count, limit);
		}
	}

	private void arrived(A awaitable) {
		this.ready.add(awaitable);
		wakeAll();
	}

	private void wakeAll() {
		this.arrival.getAndSet(new CompletionLatch<>()).release(this);
	}

	/**
	 * Returns how many have not been handed out, ready or not.
	 * @return the number of those still to come
	 */
	public int remaining() {
		return this.left.get();
	}

	/**
	 * Waits for the next one that is ready.
	 * @return the next one
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws NoSuchElementException if all have been handed out
	 */
	public A take() throws InterruptedException {
		A next = next(Long.MAX_VALUE);
		if (next == null) {
			throw new NoSuchElementException("All were handed out; check remaining() before the next take()");
		}
		return next;
	}

	/**
	 * Waits for the next one that is ready, up to the limit.
	 * @param limit the maximum time to wait; zero checks once without waiting
	 * @return the next one, or {@code null} if none was ready in time, or all have been
	 * handed out
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws IllegalArgumentException if the limit is negative
	 */
	public @Nullable A tryTake(Duration limit) throws InterruptedException {
		return next(Limits.nanos(limit, "limit"));
	}

	/**
	 * Waits for the given number, up to the limit in total.
	 * @param count how many; all if there are fewer
	 * @param limit the maximum time to wait; zero checks once without waiting
	 * @return those that were ready by then, in the order in which they became ready
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws IllegalArgumentException if the count or the limit is negative
	 */
	public List<A> tryTake(int count, Duration limit) throws InterruptedException {
		if (count < 0) {
			throw new IllegalArgumentException("The count is negative: " + count + "; give zero or more");
		}
		Countdown time = new Countdown(Limits.nanos(limit, "limit"));
		List<A> taken = new ArrayList<>();
		while (taken.size() < count) {
			A next = next(time.left());
			if (next == null) {
				break;
			}
			taken.add(next);
		}
		return taken;
	}

	@Nullable A next(long nanos) throws InterruptedException {
		StackRoom.check();
		Countdown time = new Countdown(nanos);
		while (true) {
			// Read first, because an arrival after the check of the queue releases this
			// one.
			CompletionLatch<GreenWait<A>> coming = this.arrival.get();
			A next = this.ready.poll();
			if (next != null) {
				if (this.left.decrementAndGet() == 0) {
					wakeAll();
				}
				return next;
			}
			if (this.left.get() == 0 || !coming.awaitRelease(time.left(), this, Timing.LIMIT)) {
				return null;
			}
		}
	}

	/**
	 * Stops watching. What is ready already can still be taken without waiting.
	 * Idempotent.
	 */
	@Override
	public void close() {
		this.links.forEach(GreenThread.Link::remove);
	}

	@Override
	public String toString() {
		return "GreenWait[" + remaining() + " left]";
	}

}
