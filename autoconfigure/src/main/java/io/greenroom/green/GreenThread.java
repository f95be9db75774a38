package io.greenroom.green;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

import io.greenroom.green.internal.Limits;
import io.greenroom.green.internal.Turns;
import io.greenroom.observe.ContextCarrier;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.ForeignCode;
import io.greenroom.observe.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * A body on a virtual thread of its own, with a life that others can watch, wait for and
 * end. The idea is gevent's greenlet.
 * <p>
 * A thread is started at most once. It ends when its body returns or throws, or when it
 * is {@linkplain #kill() killed}. Safe for use by many threads; everything the body did
 * happens before anyone sees {@link #isDone()} as {@code true}.
 *
 * @param <T> the type of the body's result
 */
public final class GreenThread<T> extends CompletionLatch<GreenThread<T>> implements Awaitable {

	private static final int NEW = 0;

	private static final int STARTED = 1;

	private static final int RUNNING = 2;

	/** A killer is about to interrupt; the body's end waits for it to have done so. */
	private static final int INTERRUPTING = 3;

	private static final int INTERRUPTED = 4;

	/** Somebody has claimed the end and writes the outcome. */
	private static final int ENDING = 5;

	private static final int SUCCEEDED = 6;

	private static final int FAILED = 7;

	private static final VarHandle PHASE;

	private static final VarHandle WAITING;
	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			PHASE = lookup.findVarHandle(GreenThread.class, "phase", int.class);
			WAITING = lookup.findVarHandle(GreenThread.class, "waiting", int.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final ThreadHome home;

	private final String name;

	/** Whom this thread was made by; {@code null} for a root. */
	private final @Nullable Lineage parent;

	/** Empty unless the scheduler was asked to look. */
	private final List<StackTraceElement> spawnSite;

	/** The slot this thread runs in, and returns; {@code null} outside pools. */
	private final @Nullable TaskSlot slot;

	private volatile int phase;

	/** How many wait for the end and have not given up; changed through WAITING. */
	private volatile int waiting;

	/**
	 * Written before the thread is started; cleared by the thread that claims the end.
	 */
	private @Nullable Callable<? extends T> body;

	/** Of the thread that made this thread; let go of like the body. */
	private ContextCarrier.Snapshot context;

	/** Written once, guarded by this, when the first child or reader asks. */
	private volatile @Nullable Lineage lineage;

	/** Written once, before phase becomes STARTED. */
	private volatile @Nullable Thread thread;

	/** Its place among the living; both guarded by, and of use to, the registry only. */
	@Nullable GreenThread<?> olderLive;

	@Nullable GreenThread<?> youngerLive;

	/**
	 * The value once SUCCEEDED, what was thrown once FAILED; both written before by the
	 * thread that claimed the end. Until then why it was killed, written by the killer
	 * while INTERRUPTING, and read by the body's thread after that.
	 */
	private @Nullable Object outcome;

	GreenThread(ThreadHome home, String name, Callable<? extends T> body, @Nullable TaskSlot slot, Origin origin) {
		this.home = home;
		this.name = name;
		this.body = body;
		this.slot = slot;
		this.parent = origin.parent();
		this.context = origin.context();
		this.spawnSite = origin.site();
	}

	/**
	 * Returns the green thread that runs the caller. Costs two reads of a field.
	 * @return the current green thread; {@code null} on every other thread, and on one
	 * whose body has replaced its {@linkplain Thread#setUncaughtExceptionHandler handler
	 * of uncaught exceptions}
	 */
	public static @Nullable GreenThread<?> current() {
		return (Thread.currentThread().getUncaughtExceptionHandler() instanceof GreenThread<?>.Body body)
				? body.thread() : null;
	}

	/**
	 * Starts the thread. Does nothing when it was started or killed before, and while it
	 * waits in the line of a pool, which starts it in its turn.
	 * @throws SchedulerClosedException if the scheduler no longer takes work; the thread
	 * is then dead, with this exception
	 */
	public void start() {
		if (this.phase != NEW || (this.slot != null && !this.slot.starting())) {
			return;
		}
		StackRoom.checkReturn();
		Thread carrier = newCarrier();
		if (!takeCarrier(carrier)) {
			return;
		}
		try {
			this.home.admit(this);
			this.home.engine().start(carrier);
		}
		catch (Throwable rejected) {
			// Also an OutOfMemoryError at thread start: the waiting thread must not wait
			// for
			// ever.
			if (PHASE.compareAndSet(this, STARTED, ENDING)) {
				settle(null, rejected);
			}
			else {
				this.home.release(this);
			}
			throw rejected;
		}
	}

	private Thread newCarrier() {
		try {
			Body main = new Body();
			Thread carrier = this.home.engine().thread(this.name, main);
			carrier.setUncaughtExceptionHandler(main);
			return carrier;
		}
		catch (Throwable outOfMemory) {
			throw Failures.rethrow(reject(outOfMemory));
		}
	}

	/** Guarded by this, so that of two starts one wins; a kill may still come first. */
	private synchronized boolean takeCarrier(Thread carrier) {
		if (this.thread != null) {
			return false;
		}
		this.thread = carrier;
		if (PHASE.compareAndSet(this, NEW, STARTED)) {
			return true;
		}
		this.thread = null;
		return false;
	}

	private @Nullable T callBody(boolean onNewThread) throws Exception {
		Callable<? extends T> call = Objects.requireNonNull(this.body);
		// A new thread has no context that an empty one would take away.
		if (this.context.isEmpty()) {
			return call.call();
		}
		ContextCarrier.Scope scope = onNewThread ? this.context.openOnNewThread() : this.context.open();
		try {
			return call.call();
		}
		finally {
			// What comes of the body is decided by now.
			ForeignCode.run(log, "A context carrier, after a body,", scope::close);
		}
	}

	/**
	 * Runs the body on the calling thread, and returns when it has ended. For a thread
	 * that nobody else knows yet, and so nobody kills. An interrupt that has ended the
	 * body was the caller's, and is kept for it.
	 */
	void runHere() {
		this.thread = Thread.currentThread();
		this.phase = RUNNING;
		T result = null;
		Throwable thrown = null;
		try {
			result = callBody(false);
		}
		catch (Throwable ex) {
			thrown = ex;
		}
		if (thrown instanceof InterruptedException) {
			Thread.currentThread().interrupt();
		}
		this.phase = ENDING;
		end(result, thrown);
	}

	/**
	 * Returns whether the thread was killed while it ran; no interrupt arrives after
	 * this.
	 */
	private boolean claimEnd() {
		while (true) {
			int seen = this.phase;
			if (seen == INTERRUPTING) {
				Thread.onSpinWait();
				Thread.yield();
			}
			else if (PHASE.compareAndSet(this, seen, ENDING)) {
				boolean killed = (seen == INTERRUPTED);
				if (killed) {
					// The links run next, on this thread, and none of them was meant.
					Thread.interrupted();
				}
				return killed;
			}
		}
	}

	private Throwable killCause() {
		return (Throwable) Objects.requireNonNull(this.outcome);
	}

	private Throwable becauseKilled(Throwable thrown) {
		Throwable cause = killCause();
		if (thrown != cause && !(thrown instanceof InterruptedException)) {
			suppress(cause, thrown);
		}
		return cause;
	}

	private Throwable insteadOfKilled(Throwable thrown) {
		Throwable cause = killCause();
		if (thrown != cause) {
			suppress(thrown, cause);
		}
		return thrown;
	}

	/** One cause may kill thousands, and one failure answer thousands of kills. */
	private static void suppress(Throwable failure, Throwable another) {
		ChildThreads.suppress(failure, another);
	}

	private void end(@Nullable T result, @Nullable Throwable thrown) {
		boolean watched = settle(result, thrown);
		if (thrown != null && !watched && !(thrown instanceof GreenThreadKilledException)) {
			this.home.unobserved(this, thrown);
		}
	}

	/** Writes the outcome and tells it; returns whether anybody heard. */
	private boolean settle(@Nullable T result, @Nullable Throwable thrown) {
		this.body = null;
		this.context = ContextCarrier.Snapshot.EMPTY;
		this.outcome = (thrown == null) ? result : thrown;
		boolean watched;
		try {
			// While this thread still counts as living, so that a draining scheduler lets
			// it start its successor; and the thread that joins it finds the slot free.
			if (this.slot != null) {
				this.slot.taskEnded(thrown);
			}
		}
		finally {
			this.phase = (thrown == null) ? SUCCEEDED : FAILED;
			this.home.release(this);
			// Who waits may have seen the end without having been among the watchers.
			watched = release(this) || isAwaited();
		}
		return watched;
	}

	/**
	 * Returns the thread's name.
	 * @return the name, unique within the scheduler unless the user chose it
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Returns the green thread on which this one was made. It is held weakly: a long line
	 * of threads that each start the next keeps nobody alive.
	 * @return the parent; {@code null} if it was made elsewhere, or the parent has ended
	 * and nobody else holds it
	 */
	public @Nullable GreenThread<?> parent() {
		return (this.parent != null) ? this.parent.thread() : null;
	}

	/** Returns where a sibling comes from that this thread starts. */
	Origin originBeside(ContextCarrier carrier) {
		return new Origin(this.parent, carrier.capture(), this.spawnSite);
	}

	/** Returns the parent's name, also when the parent is gone. */
	@Nullable String parentName() {
		return (this.parent != null) ? this.parent.name() : null;
	}

	/**
	 * Returns where this thread was made, if its scheduler was built with
	 * {@link GreenScheduler.Builder#captureSpawnSites(boolean) captureSpawnSites(true)}.
	 * @return the innermost frames of the user's code, the nearest first; empty where
	 * they were not captured
	 */
	public List<StackTraceElement> spawnSite() {
		return this.spawnSite;
	}

	/**
	 * Returns the map of this thread's tree: one map for a thread without a parent and
	 * all that descends from it. It lives as long as any of them does. For what only this
	 * thread and what it calls shall see, use a {@link ScopedValue} or
	 * {@link ThreadLocal}.
	 * @return the map, safe for use by many threads
	 */
	public ConcurrentMap<Object, Object> treeLocals() {
		return lineage().locals();
	}

	Lineage lineage() {
		Lineage known = this.lineage;
		return (known != null) ? known : firstLineage();
	}

	private synchronized Lineage firstLineage() {
		Lineage known = this.lineage;
		if (known == null) {
			known = new Lineage(this, this.parent);
			this.lineage = known;
		}
		return known;
	}

	boolean isOf(ThreadHome candidate) {
		return this.home == candidate;
	}

	/** Returns whether a pool has accepted this thread, which rejects for itself. */
	boolean isPlaced() {
		return this.slot != null;
	}

	/** Returns the slot of a pool that this thread runs in, or waits for. */
	@Nullable TaskSlot slot() {
		return this.slot;
	}

	/** Ends a thread that shall not start; returns why. */
	<X extends Throwable> X reject(X cause) {
		if (PHASE.compareAndSet(this, NEW, ENDING)) {
			settle(null, cause);
		}
		return cause;
	}

	/** Kills a task of a pool for the pool, at most once. */
	void killAsTask() {
		if (this.slot != null && this.slot.claimKill()) {
			kill();
		}
	}

	/**
	 * Returns how far the thread's life has come.
	 * @return the state at this moment
	 */
	public State state() {
		return switch (this.phase) {
			case NEW -> State.NEW;
			case STARTED -> State.STARTED;
			case INTERRUPTING, INTERRUPTED -> State.KILLED;
			case SUCCEEDED -> State.SUCCESSFUL;
			case FAILED -> State.FAILED;
			default -> State.RUNNING;
		};
	}

	/**
	 * Returns whether the thread was started, also when it has ended since.
	 * @return whether {@link #start()} took effect
	 */
	public boolean isStarted() {
		return this.thread != null;
	}

	/**
	 * Returns whether the thread has ended in any way.
	 * @return whether there is an outcome
	 */
	public boolean isDone() {
		return this.phase >= SUCCEEDED;
	}

	/**
	 * Returns whether the body has returned.
	 * @return whether the thread has ended without a failure
	 */
	public boolean isSuccessful() {
		return this.phase == SUCCEEDED;
	}

	/**
	 * Returns the body's result without waiting.
	 * @return the result, {@code null} while the thread has not ended or when it failed
	 */
	@SuppressWarnings("unchecked") // what the body returned
	public @Nullable T value() {
		return isSuccessful() ? (T) this.outcome : null;
	}

	/**
	 * Returns what ended the thread without waiting.
	 * @return what the body threw or the thread was killed with, always the same object;
	 * {@code null} while it has not ended or when it succeeded
	 */
	public @Nullable Throwable exception() {
		return (this.phase == FAILED) ? (Throwable) this.outcome : null;
	}

	/**
	 * Waits for the end and returns the result. Waits for ever on a thread that nobody
	 * starts.
	 * <p>
	 * A failure arrives as it was thrown, the same object for every caller. That may be a
	 * checked exception which no signature shows here, so that javac takes no
	 * {@code catch} of it alone. Catch {@link Exception} and look; the last line throws
	 * what the signature shows, and nothing more has to be declared for it:
	 * {@snippet :
	 * try {
	 * 	return thread.get();
	 * }
	 * catch (Exception failure) {
	 * 	if (failure instanceof IOException broken) {
	 * 		return fallback(broken);
	 * 	}
	 * 	throw failure;
	 * }
	 * }
	 * @return the body's result
	 * @throws InterruptedException if the caller is interrupted while it waits
	 */
	public @Nullable T get() throws InterruptedException {
		join();
		return valueOrThrow();
	}

	/**
	 * Waits for the end up to the limit and returns the result.
	 * @param limit how long to wait at most; zero looks once
	 * @return the body's result
	 * @throws TimeoutException if the thread has not ended in time; it goes on
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @see #get()
	 */
	public @Nullable T get(Duration limit) throws InterruptedException, TimeoutException {
		if (!join(limit)) {
			throw new TimeoutException("Green thread '" + this.name + "' has not ended within " + limit);
		}
		return valueOrThrow();
	}

	private @Nullable T valueOrThrow() {
		Throwable thrown = exception();
		if (thrown != null) {
			throw Failures.rethrow(thrown);
		}
		return value();
	}

	/**
	 * Waits for the end, whatever the outcome.
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws IllegalStateException if a thread would wait for itself
	 */
	public void join() throws InterruptedException {
		await(Long.MAX_VALUE);
	}

	/**
	 * Waits for the end up to the limit, whatever the outcome. A wait that ends early
	 * leaves nothing behind.
	 * @param limit how long to wait at most; zero looks once
	 * @return whether the thread has ended
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws IllegalArgumentException if the limit is negative
	 * @throws IllegalStateException if a thread would wait for itself
	 */
	public boolean join(Duration limit) throws InterruptedException {
		return await(Limits.nanos(limit, "limit"));
	}

	boolean await(long nanos) throws InterruptedException {
		if (isDone()) {
			return true;
		}
		rejectSelf();
		StackRoom.checkReturn();
		boolean ended = false;
		WAITING.getAndAdd(this, 1);
		try {
			ended = (nanos > 0 && endsMeanwhile()) || awaitRelease(nanos);
			return ended;
		}
		finally {
			// Who has seen the end stays counted: the end may not have been told yet.
			if (!ended) {
				WAITING.getAndAdd(this, -1);
			}
		}
	}

	/**
	 * Lets others go first, once: a short body that the caller has just spawned often
	 * ends then, and costs neither a watcher nor a park.
	 */
	private boolean endsMeanwhile() {
		Thread current = Thread.currentThread();
		// In a worker's turns a yield would be a step of its own.
		if (!current.isVirtual() || Turns.of(current) != null) {
			return false;
		}
		Thread.yield();
		// The interrupted wait is the watchers' to reject.
		return isDone() && !current.isInterrupted();
	}

	/** Returns whether somebody waits for the end. */
	boolean isAwaited() {
		return this.waiting > 0;
	}

	/** Rejects a wait for this thread that would never end. */
	void rejectSelf() {
		if (Thread.currentThread() == this.thread) {
			throw new IllegalStateException(
					"Green thread '" + this.name + "' would wait for its own end; join it from another thread");
		}
		this.home.engine().checkMayWait("wait for the end of green thread", this.name);
	}

	/**
	 * Ends the thread with a {@link GreenThreadKilledException} and does not wait for it.
	 * @see #kill(Throwable)
	 */
	public void kill() {
		kill(new GreenThreadKilledException(this.name));
	}

	/**
	 * Ends the thread with the given cause and does not wait for it;
	 * {@link #join(Duration)} does. A body that has not begun never begins. One that runs
	 * is interrupted: it ends at its next blocking point, and its outcome is then the
	 * cause. A body may answer otherwise: one that swallows the interrupt goes on, and
	 * may be killed again; one that catches it and returns, or throws something else
	 * without setting the interrupt flag again, has that as its outcome. Killing a thread
	 * that has ended does nothing.
	 * <p>
	 * Mind that an interrupt closes the socket or channel a virtual thread is blocked on.
	 * @param cause what the thread ends with
	 */
	public void kill(Throwable cause) {
		Objects.requireNonNull(cause, "cause");
		StackRoom.checkReturn();
		while (true) {
			int seen = this.phase;
			switch (seen) {
				case NEW, STARTED -> {
					if (PHASE.compareAndSet(this, seen, ENDING)) {
						end(null, cause);
						return;
					}
				}
				case RUNNING, INTERRUPTED -> {
					if (PHASE.compareAndSet(this, seen, INTERRUPTING)) {
						this.outcome = (seen == RUNNING) ? cause : this.outcome;
						Parking.interrupt(Objects.requireNonNull(this.thread));
						this.phase = INTERRUPTED;
						return;
					}
				}
				case INTERRUPTING -> Thread.yield();
				default -> {
					return;
				}
			}
		}
	}

	/**
	 * Ends the thread with a {@link GreenThreadKilledException} and waits up to the limit
	 * for its end. A body that swallows the interrupt, or takes longer to clean up, goes
	 * on in the state {@link State#KILLED}.
	 * @param limit how long to wait at most; zero does not wait
	 * @return whether the thread has ended
	 * @throws InterruptedException if the caller is interrupted while it waits; the
	 * thread is killed all the same
	 * @throws IllegalArgumentException if the limit is negative; nothing is killed then
	 * @throws IllegalStateException if a thread would wait for itself; nothing is killed
	 * then
	 * @see #kill(Throwable)
	 */
	public boolean kill(Duration limit) throws InterruptedException {
		return kill(new GreenThreadKilledException(this.name), limit);
	}

	/**
	 * Ends the thread with the given cause and waits up to the limit for its end.
	 * @param cause what the thread ends with
	 * @param limit how long to wait at most; zero does not wait
	 * @return whether the thread has ended
	 * @throws InterruptedException if the caller is interrupted while it waits; the
	 * thread is killed all the same
	 * @throws IllegalArgumentException if the limit is negative; nothing is killed then
	 * @throws IllegalStateException if a thread would wait for itself; nothing is killed
	 * then
	 * @see #kill(Throwable)
	 */
	public boolean kill(Throwable cause, Duration limit) throws InterruptedException {
		long nanos = Limits.nanos(limit, "limit");
		rejectSelf();
		kill(cause);
		return await(nanos);
	}

	/**
	 * Calls back when the thread has ended: on its own thread, after its outcome is set,
	 * in the order of linking; at once, on the caller's thread, if it has ended already.
	 * What a callback throws is logged and does not touch the others.
	 * @param callback what to call with this thread
	 * @return a handle that takes the link back
	 */
	public Link link(Consumer<? super GreenThread<T>> callback) {
		return link(this, Objects.requireNonNull(callback, "callback"));
	}

	@Override
	public Link onReady(Runnable callback) {
		Objects.requireNonNull(callback, "callback");
		return link((ended) -> callback.run());
	}

	/** Links for our own book-keeping: a failure is still one that nobody knows of. */
	void linkQuietly(Consumer<? super GreenThread<T>> callback) {
		linkQuietly(this, callback);
	}

	/**
	 * Returns the outcome as a future, for those who speak
	 * {@link java.util.concurrent.CompletionStage}. It completes when the thread has
	 * ended, with the value or the very failure. Cancelling it {@linkplain #kill() kills}
	 * the thread, and completes it only when the body has ended; a body may catch the
	 * first cancel, and another may follow. Completing it by hand does not touch the
	 * thread.
	 * @return a new copy of the outcome
	 */
	public CompletableFuture<@Nullable T> toFuture() {
		return ThreadFuture.of(this);
	}

	/**
	 * Returns the virtual thread, for stack traces.
	 * @return the thread, {@code null} before the start
	 */
	@Nullable Thread carrier() {
		return this.thread;
	}

	@Override
	public String toString() {
		return "GreenThread[" + this.name + ", " + state().name().toLowerCase(Locale.ROOT) + "]";
	}

	/** How far the life of a green thread has come. */
	public enum State {

		/** Made, and not started. */
		NEW,

		/** Started; its body has not begun. */
		STARTED,

		/** Its body runs or waits. */
		RUNNING,

		/** Killed, and its body has not ended yet. */
		KILLED,

		/** Its body has returned. */
		SUCCESSFUL,

		/** Its body has thrown, or the thread was killed. */
		FAILED

	}

	/**
	 * What the virtual thread runs. It is also the thread's handler of uncaught
	 * exceptions, which is where {@link #current()} finds it: a thread local would cost a
	 * map per thread, a scoped value a binding and two frames.
	 */
	private final class Body implements Runnable, Thread.UncaughtExceptionHandler {

		@Override
		public void run() {
			if (!PHASE.compareAndSet(GreenThread.this, STARTED, RUNNING)) {
				// Killed while it was being admitted, and perhaps before: then it came
				// after its own release.
				GreenThread.this.home.release(GreenThread.this);
				return;
			}
			T result = null;
			Throwable thrown = null;
			try {
				result = callBody(true);
			}
			catch (Throwable ex) {
				thrown = ex;
			}
			// A kill that only passed through the body shows as one of these two;
			// whatever else comes out is the body's own answer to it.
			boolean passedThrough = thrown instanceof InterruptedException || Thread.currentThread().isInterrupted();
			if (claimEnd() && thrown != null) {
				thrown = passedThrough ? becauseKilled(thrown) : insteadOfKilled(thrown);
			}
			end(result, thrown);
		}

		@Override
		public void uncaughtException(Thread dead, Throwable failure) {
			GreenThread.this.home.unobserved(GreenThread.this, failure);
		}

		private GreenThread<T> thread() {
			return GreenThread.this;
		}

	}

	/** Takes a {@linkplain #link link} back. */
	@FunctionalInterface
	public interface Link {

		/**
		 * Removes the callback if it has not been called yet, also from within an earlier
		 * callback. Idempotent.
		 */
		void remove();

	}

}
