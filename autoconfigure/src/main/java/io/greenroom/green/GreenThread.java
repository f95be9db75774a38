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
 * A body on a virtual thread of its own, which other threads can observe, join and kill.
 * Inspired by gevent's greenlet.
 * <p>
 * A thread is started at most once. It ends when its body returns or throws, or when it
 * is {@linkplain #kill() killed}. Thread-safe. Actions of the body happen-before
 * {@link #isDone()} returns {@code true}.
 *
 * @param <T> the type of the body's result
 */
public final class GreenThread<T> extends CompletionLatch<GreenThread<T>> implements Awaitable {

	private static final int NEW = 0;

	private static final int STARTED = 1;

	private static final int RUNNING = 2;

	/** A killer is about to interrupt, and the end of the body waits for it. */
	private static final int INTERRUPTING = 3;

	private static final int INTERRUPTED = 4;

	/** A thread has claimed the end and writes the outcome. */
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

	/** The lineage of the parent; {@code null} for a root. */
	private final @Nullable Lineage parent;

	/** Empty unless the scheduler captures spawn sites. */
	private final List<StackTraceElement> spawnSite;

	/** The slot that this thread runs in and returns; {@code null} outside pools. */
	private final @Nullable TaskSlot slot;

	private volatile int phase;

	/** How many threads wait for the end; changed through WAITING. */
	private volatile int waiting;

	/**
	 * Written before the thread is started; cleared by the thread that claims the end.
	 */
	private @Nullable Callable<? extends T> body;

	/** The context of the creating thread; cleared like the body. */
	private ContextCarrier.Snapshot context;

	/** Written once, guarded by this, when the first child or reader asks. */
	private volatile @Nullable Lineage lineage;

	/** Written once, before phase becomes STARTED. */
	private volatile @Nullable Thread thread;

	/**
	 * The neighbours among the living threads; guarded by and confined to the registry.
	 */
	@Nullable GreenThread<?> olderLive;

	@Nullable GreenThread<?> youngerLive;

	/**
	 * The value once SUCCEEDED, or the throwable once FAILED; written before that by the
	 * thread that claimed the end. Until then the cause of a kill, written by the killer
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
	 * Returns the green thread that runs the caller. Costs two field reads.
	 * @return the current green thread; {@code null} on every other thread, and on one
	 * whose body has replaced its {@linkplain Thread#setUncaughtExceptionHandler handler
	 * of uncaught exceptions}
	 */
	public static @Nullable GreenThread<?> current() {
		return (Thread.currentThread().getUncaughtExceptionHandler() instanceof GreenThread<?>.Body body)
				? body.thread() : null;
	}

	/**
	 * Starts the thread. Has no effect if it was started or killed before, or while it
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
			// Including an OutOfMemoryError at thread start, because waiting threads must
			// not wait forever.
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

	/** Guarded by this, so that one of two starts wins. A kill may still come first. */
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
		// A new thread has no context that an empty snapshot would remove.
		if (this.context.isEmpty()) {
			return call.call();
		}
		ContextCarrier.Scope scope = onNewThread ? this.context.openOnNewThread() : this.context.open();
		try {
			return call.call();
		}
		finally {
			// The outcome of the body is decided by now.
			ForeignCode.run(log, "A context carrier, after a body,", scope::close);
		}
	}

	/**
	 * Runs the body on the calling thread, and returns when it has ended. For a green
	 * thread that no other thread knows yet, and so cannot kill. An interrupt that ended
	 * the body was meant for the caller, and stays set.
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
	 * Returns whether the thread was killed while it ran. No interrupt arrives after
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

	/**
	 * One cause may kill thousands of threads, and one failure may answer thousands of
	 * kills.
	 */
	private static void suppress(Throwable failure, Throwable another) {
		ChildThreads.suppress(failure, another);
	}

	private void end(@Nullable T result, @Nullable Throwable thrown) {
		boolean watched = settle(result, thrown);
		if (thrown != null && !watched && !(thrown instanceof GreenThreadKilledException)) {
			this.home.unobserved(this, thrown);
		}
	}

	/**
	 * Writes the outcome and tells the watchers; returns whether there was an observer.
	 */
	private boolean settle(@Nullable T result, @Nullable Throwable thrown) {
		this.body = null;
		this.context = ContextCarrier.Snapshot.EMPTY;
		this.outcome = (thrown == null) ? result : thrown;
		boolean watched;
		try {
			// While this thread still counts as living, so that a draining scheduler lets
			// it start its successor, and a thread that joins it finds the slot free.
			if (this.slot != null) {
				this.slot.taskEnded(thrown);
			}
		}
		finally {
			this.phase = (thrown == null) ? SUCCEEDED : FAILED;
			this.home.release(this);
			// A waiting thread may have seen the end without having been among the
			// watchers.
			watched = release(this) || isAwaited();
		}
		return watched;
	}

	/**
	 * Returns the thread's name.
	 * @return the name; unique within the scheduler unless set by the user
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Returns the green thread on which this one was created. It is held weakly, so that
	 * a long chain of threads that each start the next does not keep its ancestors alive.
	 * @return the parent, or {@code null} if this thread was not created by a green
	 * thread, or if the parent has been collected
	 */
	public @Nullable GreenThread<?> parent() {
		return (this.parent != null) ? this.parent.thread() : null;
	}

	/** Returns the origin of a sibling that this thread starts. */
	Origin originBeside(ContextCarrier carrier) {
		return new Origin(this.parent, carrier.capture(), this.spawnSite);
	}

	/**
	 * Returns the name of the oldest ancestor, even if that is gone; its own if it has no
	 * parent.
	 */
	String rootName() {
		return (this.parent != null) ? this.parent.root() : this.name;
	}

	/** Returns the parent's name, even if the parent is gone. */
	@Nullable String parentName() {
		return (this.parent != null) ? this.parent.name() : null;
	}

	/**
	 * Returns where this thread was created, if its scheduler was built with
	 * {@link GreenScheduler.Builder#captureSpawnSites(boolean) captureSpawnSites(true)}.
	 * @return the innermost frames of user code, innermost first; empty if they were not
	 * captured
	 */
	public List<StackTraceElement> spawnSite() {
		return this.spawnSite;
	}

	/**
	 * Returns the map of this thread's tree, shared by a thread without a parent and all
	 * its descendants. It lives as long as any of them. For values that only this thread
	 * and its callees should see, use a {@link ScopedValue} or {@link ThreadLocal}.
	 * @return the map, thread-safe
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

	/**
	 * Returns whether a pool has accepted this thread; the pool then handles rejections
	 * itself.
	 */
	boolean isPlaced() {
		return this.slot != null;
	}

	/** Returns the slot of a pool that this thread runs in, or waits for. */
	@Nullable TaskSlot slot() {
		return this.slot;
	}

	/** Ends a thread that will not start; returns the cause. */
	<X extends Throwable> X reject(X cause) {
		if (PHASE.compareAndSet(this, NEW, ENDING)) {
			settle(null, cause);
		}
		return cause;
	}

	/** Kills a task on behalf of its pool, at most once. */
	void killAsTask() {
		if (this.slot != null && this.slot.claimKill()) {
			kill();
		}
	}

	/**
	 * Returns the state of this thread.
	 * @return the current state
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
	 * Returns whether the thread was started, even if it has ended since.
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
	 * @return the result; {@code null} if the thread has not ended or has failed
	 */
	@SuppressWarnings("unchecked") // what the body returned
	public @Nullable T value() {
		return isSuccessful() ? (T) this.outcome : null;
	}

	/**
	 * Returns the failure of the thread without waiting.
	 * @return what the body threw or the thread was killed with, always the same object;
	 * {@code null} if the thread has not ended or has succeeded
	 */
	public @Nullable Throwable exception() {
		return (this.phase == FAILED) ? (Throwable) this.outcome : null;
	}

	/**
	 * Waits for the end and returns the result. Waits forever for a thread that is never
	 * started.
	 * <p>
	 * Every caller gets the same throwable that the body threw. It may be a checked
	 * exception that the signature does not declare, so javac rejects a {@code catch} of
	 * it alone. Catch {@link Exception} and check its type; the last line throws only
	 * what the signature declares, so nothing else has to be declared:
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
	 * @param limit the maximum time to wait; zero checks once without waiting
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
	 * @throws IllegalStateException if the thread would wait for itself
	 */
	public void join() throws InterruptedException {
		await(Long.MAX_VALUE);
	}

	/**
	 * Waits for the end up to the limit, whatever the outcome. A wait that ends early
	 * leaves nothing behind.
	 * @param limit the maximum time to wait; zero checks once without waiting
	 * @return whether the thread has ended
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws IllegalArgumentException if the limit is negative
	 * @throws IllegalStateException if the thread would wait for itself
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
			// A thread that has seen the end stays counted, because the end may not have
			// been told yet.
			if (!ended) {
				WAITING.getAndAdd(this, -1);
			}
		}
	}

	/**
	 * Yields once. A short body that the caller has just spawned often ends meanwhile,
	 * and then costs neither a watcher nor a park.
	 */
	private boolean endsMeanwhile() {
		Thread current = Thread.currentThread();
		// On a worker, a yield would be a step of its own.
		if (!current.isVirtual() || Turns.of(current) != null) {
			return false;
		}
		Thread.yield();
		// The wait itself reports the interrupt.
		return isDone() && !current.isInterrupted();
	}

	/** Returns whether a thread waits for the end. */
	boolean isAwaited() {
		return this.waiting > 0;
	}

	/** Rejects a wait for this thread by itself, which would never end. */
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
	 * {@link #join(Duration)} does. A body that has not begun never begins. A running
	 * body is interrupted: it ends at its next blocking point, with the cause as its
	 * outcome. A body that swallows the interrupt goes on, and may be killed again. A
	 * body that catches the interrupt and returns, or throws something else without
	 * setting the interrupt flag again, has that as its outcome. Killing a thread that
	 * has ended has no effect.
	 * <p>
	 * Note that an interrupt closes the socket or channel that a virtual thread is
	 * blocked on.
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
	 * on in state {@link State#KILLED}.
	 * @param limit the maximum time to wait; zero does not wait
	 * @return whether the thread has ended
	 * @throws InterruptedException if the caller is interrupted while it waits; the
	 * thread is killed nevertheless
	 * @throws IllegalArgumentException if the limit is negative; nothing is killed in
	 * this case
	 * @throws IllegalStateException if the thread would wait for itself; nothing is
	 * killed in this case
	 * @see #kill(Throwable)
	 */
	public boolean kill(Duration limit) throws InterruptedException {
		return kill(new GreenThreadKilledException(this.name), limit);
	}

	/**
	 * Ends the thread with the given cause and waits up to the limit for its end.
	 * @param cause what the thread ends with
	 * @param limit the maximum time to wait; zero does not wait
	 * @return whether the thread has ended
	 * @throws InterruptedException if the caller is interrupted while it waits; the
	 * thread is killed nevertheless
	 * @throws IllegalArgumentException if the limit is negative; nothing is killed in
	 * this case
	 * @throws IllegalStateException if the thread would wait for itself; nothing is
	 * killed in this case
	 * @see #kill(Throwable)
	 */
	public boolean kill(Throwable cause, Duration limit) throws InterruptedException {
		long nanos = Limits.nanos(limit, "limit");
		rejectSelf();
		kill(cause);
		return await(nanos);
	}

	/**
	 * Calls back when the thread has ended, on its own thread, after its outcome is set,
	 * in the order of linking. If it has ended already, calls back at once on the
	 * caller's thread. What a callback throws is logged and does not affect other
	 * callbacks.
	 * @param callback the callback, which receives this thread
	 * @return a handle that removes the callback
	 */
	public Link link(Consumer<? super GreenThread<T>> callback) {
		return link(this, Objects.requireNonNull(callback, "callback"));
	}

	@Override
	public Link onReady(Runnable callback) {
		Objects.requireNonNull(callback, "callback");
		return link((ended) -> callback.run());
	}

	/** Links an internal callback, which does not count as an observer of a failure. */
	void linkQuietly(Consumer<? super GreenThread<T>> callback) {
		linkQuietly(this, callback);
	}

	/**
	 * Returns the outcome as a future, for code that uses
	 * {@link java.util.concurrent.CompletionStage}. It completes when the thread has
	 * ended, with the value or the same failure. Cancelling it {@linkplain #kill() kills}
	 * the thread, and the future completes only when the body has ended; a body may catch
	 * the first cancel, and another may follow. Completing the future by hand does not
	 * affect the thread.
	 * @return a new future
	 */
	public CompletableFuture<@Nullable T> toFuture() {
		return ThreadFuture.of(this);
	}

	/**
	 * Returns the virtual thread, for stack traces.
	 * @return the thread; {@code null} before the start
	 */
	@Nullable Thread carrier() {
		return this.thread;
	}

	@Override
	public String toString() {
		return "GreenThread[" + this.name + ", " + state().name().toLowerCase(Locale.ROOT) + "]";
	}

	/** The state of a green thread. */
	public enum State {

		/** Created, and not started. */
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
				// Killed while it was being admitted, or even before, so that it was
				// admitted after its own release.
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
			// A kill that merely passed through the body shows as one of these two.
			// Anything else is the body's own answer to it.
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

	/** Removes a {@linkplain #link callback}. */
	@FunctionalInterface
	public interface Link {

		/**
		 * Removes the callback if it has not been called yet, even from within an earlier
		 * callback. Idempotent.
		 */
		void remove();

	}

}
