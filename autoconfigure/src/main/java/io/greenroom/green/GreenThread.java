package io.greenroom.green;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * A body on a virtual thread of its own, with a life that others can watch, wait for and
 * end. The idea is gevent's greenlet.
 * <p>
 * A thread is started at most once. It ends when its body returns or throws, or when it
 * is {@linkplain #kill() killed}. Safe for use by many threads; everything the body did
 * happens before anyone sees {@link #ready()} as {@code true}.
 *
 * @param <T> the type of the body's result
 */
public final class GreenThread<T> {

	private static final int NEW = 0;

	private static final int STARTED = 1;

	private static final int RUNNING = 2;

	/** A killer is about to interrupt; the body's end waits for it to have done so. */
	private static final int INTERRUPTING = 3;

	private static final int INTERRUPTED = 4;

	/** Somebody has claimed the end and writes the outcome. */
	private static final int ENDING = 5;

	private static final int DONE = 6;

	private static final VarHandle PHASE;
	static {
		try {
			PHASE = MethodHandles.lookup().findVarHandle(GreenThread.class, "phase", int.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final GreenScheduler scheduler;

	private final String name;

	/** The slot this thread runs in, and returns; {@code null} outside pools. */
	private final @Nullable Place place;

	private final Watchers<GreenThread<T>> watchers = new Watchers<>();

	private volatile int phase;

	/** Written before the thread is started; cleared by whoever claims the end. */
	private @Nullable Callable<? extends T> body;

	/** Written once, before phase becomes STARTED. */
	private volatile @Nullable Thread thread;

	/** Written by the killer while INTERRUPTING, read by the body's thread after that. */
	private @Nullable Throwable killCause;

	/** Written by whoever claimed the end, before DONE. */
	private @Nullable T value;

	/** Written by whoever claimed the end, before DONE. */
	private @Nullable Throwable failure;

	GreenThread(GreenScheduler scheduler, String name, Callable<? extends T> body, @Nullable Place place) {
		this.place = place;
		this.scheduler = scheduler;
		this.name = name;
		this.body = body;
	}

	/**
	 * Starts the thread. Does nothing when it was started or killed before, and while it
	 * waits in the line of a pool, which starts it in its turn.
	 * @throws SchedulerClosedException if the scheduler no longer takes work; the thread
	 * is then dead, with this exception
	 */
	public void start() {
		if (this.phase != NEW || (this.place != null && !this.place.starting())) {
			return;
		}
		Thread carrier = this.scheduler.engine().thread(this.name, this::run);
		if (!takeCarrier(carrier)) {
			return;
		}
		try {
			this.scheduler.admit(this);
			this.scheduler.engine().start(carrier);
		}
		catch (Throwable refused) {
			// Also an OutOfMemoryError at thread start: whoever waits must not wait for
			// ever.
			if (PHASE.compareAndSet(this, STARTED, ENDING)) {
				settle(null, refused);
			}
			else {
				this.scheduler.release(this);
			}
			throw refused;
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

	private void run() {
		if (!PHASE.compareAndSet(this, STARTED, RUNNING)) {
			// Killed while it was being admitted, and perhaps before: then it came after
			// its own release.
			this.scheduler.release(this);
			return;
		}
		T result = null;
		Throwable thrown = null;
		try {
			result = Objects.requireNonNull(this.body).call();
		}
		catch (Throwable ex) {
			thrown = ex;
		}
		// A kill that only passed through the body shows as one of these two; whatever
		// else comes out is the body's own answer to it.
		boolean passedThrough = thrown instanceof InterruptedException || Thread.currentThread().isInterrupted();
		if (claimEnd() && thrown != null) {
			thrown = passedThrough ? becauseKilled(thrown) : insteadOfKilled(thrown);
		}
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

	private Throwable becauseKilled(Throwable thrown) {
		Throwable cause = Objects.requireNonNull(this.killCause);
		if (thrown != cause && !(thrown instanceof InterruptedException)) {
			cause.addSuppressed(thrown);
		}
		return cause;
	}

	private Throwable insteadOfKilled(Throwable thrown) {
		Throwable cause = Objects.requireNonNull(this.killCause);
		if (thrown != cause) {
			thrown.addSuppressed(cause);
		}
		return thrown;
	}

	private void end(@Nullable T result, @Nullable Throwable thrown) {
		boolean watched = settle(result, thrown);
		if (thrown != null && !watched && !(thrown instanceof GreenThreadKilledException)) {
			this.scheduler.unobserved(this, thrown);
		}
	}

	/** Writes the outcome and tells it; returns whether anybody heard. */
	private boolean settle(@Nullable T result, @Nullable Throwable thrown) {
		this.body = null;
		this.value = (thrown == null) ? result : null;
		this.failure = thrown;
		boolean watched;
		try {
			// While this thread still counts as living, so that a draining scheduler lets
			// it start its successor; and whoever joins it finds the slot free.
			if (this.place != null) {
				this.place.giveUp();
			}
		}
		finally {
			this.phase = DONE;
			this.scheduler.release(this);
			watched = this.watchers.release(this);
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
	 * Returns whether the thread was started, also when it has ended since.
	 * @return whether {@link #start()} took effect
	 */
	public boolean started() {
		return this.thread != null;
	}

	/**
	 * Returns whether the thread has ended in any way.
	 * @return whether there is an outcome
	 */
	public boolean ready() {
		return this.phase == DONE;
	}

	/**
	 * Returns whether the body has returned.
	 * @return whether the thread has ended without a failure
	 */
	public boolean successful() {
		return this.phase == DONE && this.failure == null;
	}

	/**
	 * Returns the body's result without waiting.
	 * @return the result, {@code null} while the thread has not ended or when it failed
	 */
	public @Nullable T value() {
		return ready() ? this.value : null;
	}

	/**
	 * Returns what ended the thread without waiting.
	 * @return what the body threw or the thread was killed with, always the same object;
	 * {@code null} while it has not ended or when it succeeded
	 */
	public @Nullable Throwable exception() {
		return ready() ? this.failure : null;
	}

	/**
	 * Waits for the end and returns the result. Waits for ever on a thread that nobody
	 * starts.
	 * <p>
	 * A failure arrives as it was thrown, the same object for every caller; since that
	 * may be a checked exception which no signature shows here, catch {@link Exception}
	 * where it matters.
	 * @return the body's result
	 * @throws InterruptedException if the caller is interrupted while it waits
	 */
	public @Nullable T get() throws InterruptedException {
		join();
		return outcome();
	}

	/**
	 * Waits for the end at most so long and returns the result.
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
		return outcome();
	}

	private @Nullable T outcome() {
		Throwable thrown = this.failure;
		if (thrown != null) {
			GreenThread.<RuntimeException>rethrow(thrown);
		}
		return this.value;
	}

	@SuppressWarnings("unchecked")
	static <X extends Throwable> void rethrow(Throwable thrown) throws X {
		throw (X) thrown;
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
	 * Waits for the end at most so long, whatever the outcome. A wait that ends early
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

	private boolean await(long nanos) throws InterruptedException {
		if (ready()) {
			return true;
		}
		if (Thread.currentThread() == this.thread) {
			throw new IllegalStateException(
					"Green thread '" + this.name + "' would wait for its own end; join it from another thread");
		}
		this.scheduler.engine().checkMayWait("wait for the end of green thread", this.name);
		return this.watchers.await(nanos);
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
						this.killCause = (seen == RUNNING) ? cause : this.killCause;
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
	 * Calls back when the thread has ended: on its own thread, after its outcome is set,
	 * in the order of linking; at once, on the caller's thread, if it has ended already.
	 * What a callback throws is logged and does not touch the others.
	 * @param callback what to call with this thread
	 * @return a handle that takes the link back
	 */
	public Link link(Consumer<? super GreenThread<T>> callback) {
		return this.watchers.link(this, Objects.requireNonNull(callback, "callback"));
	}

	/** Links for our own book-keeping: a failure is still one that nobody knows of. */
	void linkQuietly(Consumer<? super GreenThread<T>> callback) {
		this.watchers.linkQuietly(this, callback);
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
		String life = switch (this.phase) {
			case NEW -> "new";
			case STARTED -> "started";
			case DONE -> successful() ? "successful" : "failed";
			default -> "running";
		};
		return "GreenThread[" + this.name + ", " + life + "]";
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
