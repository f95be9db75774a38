package io.greenroom.durable.internal;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

import io.greenroom.deferred.internal.Delivering.Body;
import io.greenroom.observe.internal.Failures;
import org.jspecify.annotations.Nullable;

/**
 * A call of a durable handler whose keys are spread over several nodes, on the thread
 * that runs its body or makes its move. The fence stores the call's id and answer
 * together with its effect, and tells whether a call that has failed may be made again.
 * For integrations; not intended for applications.
 */
public final class CallRun {

	private static final ThreadLocal<@Nullable CallRun> CURRENT = new ThreadLocal<>();

	private final String key;

	private final String method;

	private final boolean move;

	/** {@code null} if the caller is on this node and will not ask again. */
	private final @Nullable Answering answering;

	/** The run whose move this makes on another thread. */
	private final @Nullable CallRun origin;

	// Confined to the body's thread.

	/** Whether the body is about to be entered. */
	private boolean entering;

	/** Whether the body was entered again, by advice that repeats it. */
	private boolean again;

	/** Whether the body's transaction was rolled back because its connection was lost. */
	private boolean undone;

	/**
	 * Finds out whether a commit was not made whose connection was lost, by its failure.
	 */
	private @Nullable Predicate<Throwable> unlessCommitted;

	// Written by the body's thread, read by the thread that waits for its end.

	private volatile boolean stale;

	private volatile boolean cut;

	/**
	 * Creates a run.
	 * @param key the text of the key
	 * @param method the name of the called method
	 * @param move whether the call moves a machine, and has no body
	 * @param answering provides what is stored of the call, or {@code null} if nothing is
	 */
	public CallRun(String key, String method, boolean move, @Nullable Answering answering) {
		this(Objects.requireNonNull(key, "key"), Objects.requireNonNull(method, "method"), move, answering, null);
	}

	private CallRun(String key, String method, boolean move, @Nullable Answering answering, @Nullable CallRun origin) {
		this.key = key;
		this.method = method;
		this.move = move;
		this.answering = answering;
		this.origin = origin;
	}

	/**
	 * Runs a body and makes this run known to the fence.
	 * @param body the body
	 * @return the result of the body
	 * @throws Throwable the exception of the body
	 */
	public @Nullable Object run(Body body) throws Throwable {
		CallRun outer = enter();
		try {
			return body.run();
		}
		catch (Throwable failure) {
			this.cut = !this.again && isUndone(failure);
			throw failure;
		}
		finally {
			leave(outer);
		}
	}

	/** Called after all advice, when no transaction of the body is left. */
	private boolean isUndone(Throwable failure) {
		if (this.unlessCommitted == null) {
			return this.undone;
		}
		if (this.answering != null) {
			// Whoever makes the call again finds out by its id.
			return true;
		}
		try {
			return this.unlessCommitted.test(failure);
		}
		catch (RuntimeException unknown) {
			Failures.suppress(failure, unknown);
			return false;
		}
	}

	/**
	 * Returns the call whose body is about to run, once, or {@code null} if there is
	 * none.
	 */
	static @Nullable CallRun enter(String key, String method) {
		CallRun run = CURRENT.get();
		return (run != null && !run.move && run.method.equals(method) && run.key.equals(key)) ? run.entered() : null;
	}

	/** Returns the call that makes a move, once, or {@code null} if there is none. */
	static @Nullable CallRun enterMove(String key) {
		CallRun run = CURRENT.get();
		return (run != null && run.move && run.key.equals(key)) ? run.entered() : null;
	}

	/**
	 * Called before a body or a move that is refused, because its instance is no longer
	 * used. If it is that of the present call, the call may be made again.
	 */
	static void refused(String key) {
		CallRun run = CURRENT.get();
		if (run != null && run.entering && run.key.equals(key)) {
			run.fenced();
		}
	}

	private @Nullable CallRun entered() {
		boolean mine = this.entering;
		this.entering = false;
		this.again |= !mine;
		return mine ? this : null;
	}

	/**
	 * Returns an executor that makes the move of this call, once, on the thread that
	 * executes it. The thread of this run does so no more.
	 */
	Executor later() {
		CallRun later = new CallRun(this.key, this.method, this.move, this.answering, this);
		return later::move;
	}

	private void move(Runnable write) {
		CallRun outer = enter();
		try {
			write.run();
		}
		finally {
			leave(outer);
		}
	}

	private @Nullable CallRun enter() {
		CallRun outer = CURRENT.get();
		CURRENT.set(this);
		this.entering = true;
		return outer;
	}

	private void leave(@Nullable CallRun outer) {
		this.entering = false;
		if (outer != null) {
			CURRENT.set(outer);
		}
		else {
			CURRENT.remove();
		}
	}

	@Nullable MadeCall returned(@Nullable Object result) {
		return (this.answering != null) ? this.answering.returned(result) : null;
	}

	@Nullable MadeCall threw(Throwable failure) {
		return (this.answering != null) ? this.answering.threw(failure) : null;
	}

	/**
	 * Called when the row was changed in the meantime, and nothing of the call is stored.
	 */
	void fenced() {
		this.stale = true;
		if (this.origin != null) {
			this.origin.fenced();
		}
	}

	/**
	 * Called when the transaction of the body has lost its connection and was rolled back
	 * before its commit.
	 */
	void undone() {
		this.undone = true;
	}

	/**
	 * Called when the connection was lost during the commit.
	 * @param unlessCommitted accepts the failure; returns whether the commit was not made
	 * and never will be. It is called after the transaction, and may throw
	 */
	void inDoubt(Predicate<Throwable> unlessCommitted) {
		this.unlessCommitted = unlessCommitted;
	}

	/**
	 * Returns whether the call has failed because its transaction has lost its connection
	 * to the database. Then nothing of it was stored, or its id was stored with it.
	 * @return {@code true} if the call may be made again, with the same id
	 */
	public boolean isCut() {
		return this.cut;
	}

	/**
	 * Returns whether nothing of the call was stored because the row was changed in the
	 * meantime.
	 * @return {@code true} if the call may be made again
	 */
	public boolean isStale() {
		return this.stale;
	}

	@Override
	public String toString() {
		return "CallRun[" + this.method + " of " + this.key + "]";
	}

	/** Provides what is stored of a call. */
	public interface Answering {

		/**
		 * Called when the body has returned.
		 * @param result its result
		 * @return what to store
		 */
		MadeCall returned(@Nullable Object result);

		/**
		 * Called when the body has thrown, but its transaction commits.
		 * @param failure its exception
		 * @return what to store
		 */
		MadeCall threw(Throwable failure);

	}

	/** The shortest time that a call is kept after it was made. */
	public static final Duration SHORTEST = Duration.ofMinutes(1);

}
