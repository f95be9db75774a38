package io.greenroom.observe;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Listens to the calls of one handler. Implementations must be thread-safe and return
 * quickly, because they are called on the thread that does the work.
 */
public interface HandlerListener {

	/** Ignores everything, and saves the handler from reading the clock. */
	HandlerListener NONE = new HandlerListener() {
	};

	/**
	 * Returns whether {@link #ended} needs times. Called once per handler.
	 * @return whether the handler should read the clock for each call
	 */
	default boolean isTimed() {
		return false;
	}

	/**
	 * Returns the listener around the bodies of calls. Called once for each handler.
	 * @return the listener; {@code null} for none, which costs a body nothing
	 */
	default @Nullable BodyListener bodies() {
		return null;
	}

	/**
	 * Called when an accepted call has ended.
	 * @param method the called method's name
	 * @param mode how it was called
	 * @param outcome how it ended
	 * @param waited time in the mailbox; zero unless {@link #isTimed()}
	 * @param ran time in the body; zero unless {@link #isTimed()}
	 */
	default void ended(String method, CallMode mode, CallOutcome outcome, Duration waited, Duration ran) {
	}

	/**
	 * Called when an accepted call has ended. The default implementation calls
	 * {@link #ended}. Implement this method instead to record calls without an object for
	 * each.
	 * @param method the called method's name
	 * @param mode how it was called
	 * @param outcome how it ended
	 * @param waited nanoseconds in the mailbox; zero unless {@link #isTimed()}
	 * @param ran nanoseconds in the body; zero unless {@link #isTimed()}
	 */
	default void endedNanos(String method, CallMode mode, CallOutcome outcome, long waited, long ran) {
		ended(method, mode, outcome, Duration.ofNanos(waited), Duration.ofNanos(ran));
	}

	/**
	 * Called when a call was rejected.
	 * @param method the called method's name
	 * @param mode how it was called
	 * @param reason why, from a small closed set such as {@code full} or {@code stopped}
	 */
	default void rejected(String method, CallMode mode, String reason) {
	}

	/**
	 * Called when a caller's time was over while its call ran. The body goes on without
	 * it.
	 * @param method the called method's name
	 */
	default void abandoned(String method) {
	}

	/**
	 * Called once when the body of a oneway call threw.
	 * @param method the called method's name
	 * @param failure what the body threw
	 */
	default void onewayFailed(String method, Throwable failure) {
	}

	/**
	 * Called when the handler has been busy for longer than its limit, with one body or
	 * with its loop without letting calls in. Called once until the handler has moved on.
	 * @param method the name of the body's method, or of the loop
	 * @param since for how long, as far as was observed
	 * @param stack where it is now
	 */
	default void busy(String method, Duration since, List<StackTraceElement> stack) {
	}

	/**
	 * Called when the handler's processing loop threw.
	 * @param failure what it threw
	 * @param restarting whether it will be restarted; if not, the handler is dead
	 */
	default void loopFailed(Throwable failure, boolean restarting) {
	}

}
