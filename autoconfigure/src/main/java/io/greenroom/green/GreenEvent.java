package io.greenroom.green;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.green.internal.Limits;
import io.greenroom.observe.internal.StackRoom;

/**
 * A flag that threads wait for. Setting it releases all who wait, in the order of their
 * arrival, and lets through all who come later, until it is cleared.
 * <p>
 * A release counts for everybody who waited when it came: clearing the flag straight
 * after setting it holds nobody back. What a thread did before it set the flag happens
 * before anyone it releases goes on. Safe for use by many threads of any kind. The idea
 * is gevent's event.
 */
public final class GreenEvent implements Awaitable {

	/**
	 * Those who wait for the next set, and the flag: it is set while they are released.
	 * Replaced by {@link #clear()}, so that the waiting thread keeps their own
	 * generation.
	 */
	private final AtomicReference<CompletionLatch<GreenEvent>> generation = new AtomicReference<>(
			new CompletionLatch<>());

	/** Makes an event that is not set. */
	public GreenEvent() {
	}

	/** Sets the flag and releases all who wait. Does nothing when it is set already. */
	public void set() {
		StackRoom.check();
		this.generation.get().release(this);
	}

	/** Clears the flag; who comes from now on waits. Does nothing when it is not set. */
	public void clear() {
		StackRoom.check();
		CompletionLatch<GreenEvent> seen = this.generation.get();
		if (seen.released()) {
			this.generation.compareAndSet(seen, new CompletionLatch<>());
		}
	}

	/**
	 * Returns whether the flag is set at this moment.
	 * @return whether a wait would go through at once
	 */
	public boolean isSet() {
		return this.generation.get().released();
	}

	/**
	 * Waits until the flag is set. Goes through at once when it is.
	 * @throws InterruptedException if the caller is interrupted before or while it waits
	 */
	public void await() throws InterruptedException {
		StackRoom.check();
		this.generation.get().awaitRelease(Long.MAX_VALUE);
	}

	/**
	 * Waits up to the limit until the flag is set. A wait that ends early leaves nothing
	 * behind.
	 * @param limit how long to wait at most; zero looks once
	 * @return whether the flag was set, also if it has been cleared since
	 * @throws InterruptedException if the caller is interrupted before or while it waits
	 * @throws IllegalArgumentException if the limit is negative
	 */
	public boolean await(Duration limit) throws InterruptedException {
		StackRoom.check();
		return this.generation.get().awaitRelease(Limits.nanos(limit, "limit"));
	}

	/**
	 * Calls back at the next set, on the thread that sets, in line with those who wait;
	 * at once when the flag is set.
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
