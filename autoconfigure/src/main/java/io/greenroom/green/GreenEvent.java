package io.greenroom.green;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.green.internal.Limits;
import io.greenroom.green.internal.Timing;
import io.greenroom.observe.internal.StackRoom;

/**
 * A flag that threads wait for. Setting it releases all waiting threads, in the order of
 * their arrival, and lets later threads pass until it is cleared.
 * <p>
 * A release applies to all threads that wait when it comes, even if the flag is cleared
 * immediately afterwards. Actions of a thread before it sets the flag happen-before the
 * actions of the threads that it releases. Thread-safe, for threads of any kind. Inspired
 * by gevent's event.
 */
public final class GreenEvent implements Awaitable {

	/**
	 * The threads that wait for the next {@link #set()}, and the flag itself: it is set
	 * if they are released. Replaced by {@link #clear()}, so that waiting threads keep
	 * their own generation.
	 */
	private final AtomicReference<CompletionLatch<GreenEvent>> generation = new AtomicReference<>(
			new CompletionLatch<>());

	/** Creates an event that is not set. */
	public GreenEvent() {
	}

	/**
	 * Sets the flag and releases all waiting threads. Has no effect if it is set already.
	 */
	public void set() {
		StackRoom.check();
		this.generation.get().release(this);
	}

	/**
	 * Clears the flag, so that threads wait from now on. Has no effect if it is not set.
	 */
	public void clear() {
		StackRoom.check();
		CompletionLatch<GreenEvent> seen = this.generation.get();
		if (seen.released()) {
			this.generation.compareAndSet(seen, new CompletionLatch<>());
		}
	}

	/**
	 * Returns whether the flag is set at this moment.
	 * @return whether a wait would return at once
	 */
	public boolean isSet() {
		return this.generation.get().released();
	}

	/**
	 * Waits until the flag is set. Returns at once if it is.
	 * @throws InterruptedException if the caller is interrupted before or while it waits
	 */
	public void await() throws InterruptedException {
		StackRoom.check();
		this.generation.get().awaitRelease(Long.MAX_VALUE, this, Timing.LIMIT);
	}

	/**
	 * Waits up to the limit until the flag is set. A wait that ends early leaves nothing
	 * behind.
	 * @param limit the maximum time to wait; zero checks once without waiting
	 * @return whether the flag was set, even if it has been cleared since
	 * @throws InterruptedException if the caller is interrupted before or while it waits
	 * @throws IllegalArgumentException if the limit is negative
	 */
	public boolean await(Duration limit) throws InterruptedException {
		StackRoom.check();
		return this.generation.get().awaitRelease(Limits.nanos(limit, "limit"), this, Timing.LIMIT);
	}

	/**
	 * Calls back when the flag is next set, on the thread that sets it and in order with
	 * the waiting threads; at once if the flag is set.
	 */
	@Override
	public GreenThread.Link onReady(Runnable callback) {
		Objects.requireNonNull(callback, "callback");
		StackRoom.check();
		return this.generation.get().link(this, (event) -> callback.run());
	}

	@Override
	public String toString() {
		return "GreenEvent[" + (isSet() ? "set" : "not set") + "]";
	}

}
