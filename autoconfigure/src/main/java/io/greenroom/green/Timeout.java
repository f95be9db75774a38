package io.greenroom.green;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

import io.greenroom.green.internal.Limits;
import io.greenroom.observe.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * Limits how long a block of code may take, by interrupting the thread that runs it:
 * {@snippet :
 * Report report = Timeout.after(Duration.ofSeconds(2)).call(() -> build(request));
 * }
 * The time starts when the block is entered. When it is over, the thread is interrupted
 * once: its blocking call throws, the block is left, and the caller gets a
 * {@link TimeoutExpiredException} with this timeout, or the {@linkplain #orThrow
 * exception} chosen instead. A block that catches the interrupt and goes on ends
 * normally. A block that never blocks and never checks its interrupt flag is not stopped;
 * {@link Thread#sleep(Duration)} with zero is a yield that checks the flag,
 * {@link Thread#yield()} is not.
 * <p>
 * Timeouts may be nested, and each reports its own expiry only. If two are over, the
 * outer one is reported. An interrupt from elsewhere, and anything that the block throws
 * by itself, passes through unchanged. After the block, the interrupt flag is what it
 * would be without the timeout, even if the time was over at the very moment at which the
 * block ended. Only an interrupt from elsewhere that falls between the expiry and the end
 * of the block cannot be distinguished from the timeout's own.
 * <p>
 * <strong>An interrupt closes the socket or channel that the thread is blocked
 * on</strong>, whether a virtual thread on a socket or any thread on a channel. Around
 * pooled connections (JDBC, HTTP) that breaks a connection that others will use. Pass
 * down a {@link Deadline} instead, which interrupts nothing.
 * <p>
 * A timeout is entered at most once, on any kind of thread. {@link #cancel()} and
 * {@link #isExpired()} may be called by any thread. Inspired by gevent's timeout.
 */
public final class Timeout {

	private final @Nullable Duration limit;

	private final Function<? super TimeoutExpiredException, ? extends RuntimeException> error;

	private final AtomicBoolean entered = new AtomicBoolean();

	/**
	 * A canceller writes this before it reads the level; entering writes the level before
	 * it reads this.
	 */
	private volatile boolean cancelled;

	/** Set once, when the block is entered. */
	private volatile TimeoutNest.@Nullable Level level;

	private Timeout(@Nullable Duration limit,
			Function<? super TimeoutExpiredException, ? extends RuntimeException> error) {
		this.limit = limit;
		this.error = error;
	}

	/**
	 * Creates a timeout that expires after the given time, counted from entering its
	 * block.
	 * @param limit how long; zero interrupts the block at its first blocking call
	 * @return a new timeout
	 * @throws IllegalArgumentException if the limit is negative
	 */
	public static Timeout after(Duration limit) {
		Limits.nanos(limit, "limit");
		return new Timeout(limit, Function.identity());
	}

	/**
	 * Creates a timeout that never expires, for a configurable limit that is switched
	 * off.
	 * @return a new timeout
	 */
	public static Timeout none() {
		return new Timeout(null, Function.identity());
	}

	/**
	 * Returns a timeout of the same length that throws an exception of the caller's
	 * choice.
	 * @param error creates the exception, on the thread that leaves the block; it
	 * receives an exception to use as the cause
	 * @return a new timeout
	 */
	public Timeout orThrow(Function<? super TimeoutExpiredException, ? extends RuntimeException> error) {
		return new Timeout(this.limit, Objects.requireNonNull(error, "error"));
	}

	/**
	 * Runs a block and returns its value.
	 * @param block what to run, on the calling thread
	 * @return what the block returns
	 * @param <T> the type of the value
	 * @param <X> what the block throws
	 * @throws X what the block throws
	 * @throws TimeoutExpiredException if the time was over and the block was left because
	 * of it
	 * @throws IllegalStateException if this timeout was entered before
	 */
	public <T extends @Nullable Object, X extends Exception> T call(Block<? extends T, X> block) throws X {
		return within(block, (thrown) -> {
			throw failure(thrown);
		});
	}

	/**
	 * Runs a block.
	 * @param block what to run, on the calling thread
	 * @param <X> what the block throws
	 * @throws X what the block throws
	 * @throws TimeoutExpiredException if the time was over and the block was left because
	 * of it
	 * @throws IllegalStateException if this timeout was entered before
	 */
	public <X extends Exception> void run(Action<X> block) throws X {
		Objects.requireNonNull(block, "block");
		within(() -> {
			block.run();
			return true;
		}, (thrown) -> {
			throw failure(thrown);
		});
	}

	/**
	 * Runs a block and returns its value, or the fallback if the time was over. What the
	 * interrupted block threw is dropped.
	 * @param fallback the value to return if the time was over
	 * @param block what to run, on the calling thread
	 * @return the block's value or the fallback
	 * @param <T> the type of the value
	 * @param <X> what the block throws
	 * @throws X what the block throws
	 * @throws IllegalStateException if this timeout was entered before
	 */
	public <T extends @Nullable Object, X extends Exception> T callOr(T fallback, Block<? extends T, X> block)
			throws X {
		return within(block, (_) -> fallback);
	}

	/**
	 * Runs a block, and leaves it silently if the time is over. What the interrupted
	 * block threw is dropped.
	 * @param block what to run, on the calling thread
	 * @return whether the block was not cut short by the timeout
	 * @param <X> what the block throws
	 * @throws X what the block throws
	 * @throws IllegalStateException if this timeout was entered before
	 */
	public <X extends Exception> boolean tryRun(Action<X> block) throws X {
		Objects.requireNonNull(block, "block");
		return within(() -> {
			block.run();
			return true;
		}, (_) -> false);
	}

	private <T extends @Nullable Object, X extends Exception> T within(Block<? extends T, X> block,
			Function<Throwable, ? extends T> atExpiry) throws X {
		Objects.requireNonNull(block, "block");
		TimeoutNest.Level entered = enter();
		T value;
		try {
			value = block.call();
		}
		catch (Throwable thrown) {
			if (entered.leave(thrown)) {
				return atExpiry.apply(thrown);
			}
			throw thrown;
		}
		entered.leave(null);
		return value;
	}

	private TimeoutNest.Level enter() {
		// Leaving needs about as much of the stack as entering.
		StackRoom.check();
		if (!this.entered.compareAndSet(false, true)) {
			throw new IllegalStateException(this + " was used before; create a new one for each block");
		}
		long nanos = (this.limit == null) ? Long.MAX_VALUE : Limits.nanos(this.limit, "limit");
		TimeoutNest.Level level = TimeoutNest.ofThisThread().enter(nanos);
		this.level = level;
		if (this.cancelled) {
			level.cancel();
		}
		return level;
	}

	private RuntimeException failure(Throwable thrown) {
		return Objects.requireNonNull(this.error.apply(new TimeoutExpiredException(this, thrown)), "error");
	}

	/**
	 * Removes the limit, so that nothing is interrupted any more. Has no effect after the
	 * time is over or the block was left. Does not block. Idempotent.
	 */
	public void cancel() {
		this.cancelled = true;
		TimeoutNest.Level level = this.level;
		if (level != null) {
			level.cancel();
		}
	}

	/**
	 * Returns whether the time was over before the block ended.
	 * @return whether the block was interrupted, even if it went on
	 */
	public boolean isExpired() {
		TimeoutNest.Level level = this.level;
		return level != null && level.isExpired();
	}

	@Override
	public String toString() {
		return "Timeout[" + ((this.limit == null) ? "none" : this.limit) + "]";
	}

	/**
	 * A block with a value.
	 *
	 * @param <T> the type of the value
	 * @param <X> what it throws
	 */
	@FunctionalInterface
	public interface Block<T extends @Nullable Object, X extends Exception> {

		/**
		 * Runs the block.
		 * @return the value
		 * @throws X what the block throws
		 */
		T call() throws X;

	}

	/**
	 * A block without a value.
	 *
	 * @param <X> what it throws
	 */
	@FunctionalInterface
	public interface Action<X extends Exception> {

		/**
		 * Runs the block.
		 * @throws X what the block throws
		 */
		void run() throws X;

	}

}
