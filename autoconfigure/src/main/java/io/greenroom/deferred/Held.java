package io.greenroom.deferred;

import org.jspecify.annotations.Nullable;

/**
 * One hold of a handler by a thread, and what the thread waits for meanwhile. Holds of
 * one thread form a chain, innermost first; the chains of all threads are the wait-for
 * graph.
 */
final class Held {

	private static final ThreadLocal<@Nullable Held> CURRENT = new ThreadLocal<>();

	private final Handler handler;

	private final Thread thread;

	private final @Nullable Held outer;

	/** Written by the holding thread, read by those who look for cycles. */
	private volatile @Nullable Wait wait;

	private Held(Handler handler, @Nullable Held outer) {
		this.handler = handler;
		this.thread = Thread.currentThread();
		this.outer = outer;
	}

	/** Returns the innermost hold of the current thread. */
	static @Nullable Held current() {
		return CURRENT.get();
	}

	/** The current thread holds one handler more. */
	static Held begin(Handler handler) {
		Held held = new Held(handler, CURRENT.get());
		CURRENT.set(held);
		return held;
	}

	/** The current thread gives its innermost hold up. */
	void end() {
		if (this.outer == null) {
			CURRENT.remove();
		}
		else {
			CURRENT.set(this.outer);
		}
	}

	Handler handler() {
		return this.handler;
	}

	Thread thread() {
		return this.thread;
	}

	@Nullable Wait waiting() {
		return this.wait;
	}

	/**
	 * Says for all holds of the current thread what it waits for now; {@code null} for
	 * nothing.
	 */
	void waitFor(@Nullable Wait now) {
		for (Held held = this; held != null; held = held.outer) {
			held.wait = now;
		}
	}

}
