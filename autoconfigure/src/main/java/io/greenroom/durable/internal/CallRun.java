package io.greenroom.durable.internal;

import java.time.Duration;
import java.util.Objects;

import io.greenroom.deferred.internal.Delivering.Body;
import org.jspecify.annotations.Nullable;

/**
 * A call of a durable handler where its keys are on several nodes, on the thread that
 * runs its body or makes its move: what the fence writes then has the call's id and its
 * answer with it. For integrations; users don't need this.
 */
public final class CallRun {

	private static final ThreadLocal<@Nullable CallRun> CURRENT = new ThreadLocal<>();

	private final String key;

	private final String method;

	private final boolean move;

	/** Nothing where the caller is here, and nobody would ask again. */
	private final @Nullable Answering answering;

	/** Whether the body is about to be entered; confined to its thread. */
	private boolean entering;

	/** Written by the body's thread, read by who waits for its end. */
	private volatile boolean stale;

	/**
	 * Makes a run.
	 * @param key the text of the key
	 * @param method the name of the called method
	 * @param move whether the call moves a machine, and has no body
	 * @param answering says what is to be stored of the call; {@code null} if nothing is
	 */
	public CallRun(String key, String method, boolean move, @Nullable Answering answering) {
		this.key = Objects.requireNonNull(key, "key");
		this.method = Objects.requireNonNull(method, "method");
		this.move = move;
		this.answering = answering;
	}

	/**
	 * Runs a body, of which the fence will know whose it is.
	 * @param body the body
	 * @return what it returns
	 * @throws Throwable what it throws
	 */
	public @Nullable Object run(Body body) throws Throwable {
		CallRun outer = CURRENT.get();
		CURRENT.set(this);
		this.entering = true;
		try {
			return body.run();
		}
		finally {
			this.entering = false;
			if (outer != null) {
				CURRENT.set(outer);
			}
			else {
				CURRENT.remove();
			}
		}
	}

	/** Returns the call whose body is about to run, once; {@code null} for none. */
	static @Nullable CallRun enter(String key, String method) {
		CallRun run = CURRENT.get();
		return (run != null && !run.move && run.method.equals(method) && run.key.equals(key)) ? run.entered() : null;
	}

	/** Returns the call that makes a move, once; {@code null} for none. */
	static @Nullable CallRun enterMove(String key) {
		CallRun run = CURRENT.get();
		return (run != null && run.move && run.key.equals(key)) ? run.entered() : null;
	}

	private @Nullable CallRun entered() {
		boolean mine = this.entering;
		this.entering = false;
		return mine ? this : null;
	}

	@Nullable MadeCall returned(@Nullable Object result) {
		return (this.answering != null) ? this.answering.returned(result) : null;
	}

	@Nullable MadeCall threw(Throwable failure) {
		return (this.answering != null) ? this.answering.threw(failure) : null;
	}

	/** Somebody else has written the row: nothing of the call is stored. */
	void fenced() {
		this.stale = true;
	}

	/**
	 * Returns whether nothing of the call was stored, as somebody else had written the
	 * row.
	 * @return whether it may be made again
	 */
	public boolean isStale() {
		return this.stale;
	}

	@Override
	public String toString() {
		return "CallRun[" + this.method + " of " + this.key + "]";
	}

	/** Says what is to be stored of a call. */
	public interface Answering {

		/**
		 * The body has returned.
		 * @param result what
		 * @return what to store
		 */
		MadeCall returned(@Nullable Object result);

		/**
		 * The body has thrown, and its transaction commits all the same.
		 * @param failure what
		 * @return what to store
		 */
		MadeCall threw(Throwable failure);

	}

	/** How long a call is known at least after it was made. */
	public static final Duration SHORTEST = Duration.ofMinutes(1);

}
