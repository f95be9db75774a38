package io.greenroom.observe;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** Hears about the calls of one handler. */
public interface HandlerListener {

	/** Hears nothing, and spares the handler from reading the clock. */
	HandlerListener NONE = new HandlerListener() {
	};

	/**
	 * Returns whether {@link #ended} wants times. Asked once per handler.
	 * @return whether the handler should read the clock for each call
	 */
	default boolean isTimed() {
		return false;
	}

	/**
	 * Returns what stands round the bodies of calls. Asked once per handler.
	 * @return the listener; {@code null} for none, which costs a body nothing
	 */
	default @Nullable BodyListener bodies() {
		return null;
	}

	/**
	 * An accepted call has ended.
	 * @param method the called method's name
	 * @param mode how it was called
	 * @param outcome how it ended
	 * @param waited time in the mailbox; zero unless {@link #isTimed()}
	 * @param ran time in the body; zero unless {@link #isTimed()}
	 */
	default void ended(String method, CallMode mode, CallOutcome outcome, Duration waited, Duration ran) {
	}

	/**
	 * An accepted call has ended. This is what is called; it tells {@link #ended}, so
	 * that only who records each call, and must not make an object for it, implements
	 * this.
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
	 * A call was rejected.
	 * @param method the called method's name
	 * @param mode how it was called
	 * @param reason why, from a small closed set such as {@code full} or {@code stopped}
	 */
	default void rejected(String method, CallMode mode, String reason) {
	}

	/**
	 * A caller's time was over while its call ran; the body goes on without it.
	 * @param method the called method's name
	 */
	default void abandoned(String method) {
	}

	/**
	 * The body of a oneway call threw. Said once per call.
	 * @param method the called method's name
	 * @param failure what the body threw
	 */
	default void onewayFailed(String method, Throwable failure) {
	}

	/**
	 * The handler has been busy with one body for longer than its limit, or with its loop
	 * without letting calls in. Said once until it has moved.
	 * @param method the name of the body's method, or of the loop
	 * @param since for how long, as far as was seen
	 * @param stack where it is now
	 */
	default void busy(String method, Duration since, List<StackTraceElement> stack) {
	}

	/**
	 * The handler's processing loop threw.
	 * @param failure what it threw
	 * @param restarting whether it is started again; if not, the handler is dead
	 */
	default void loopFailed(Throwable failure, boolean restarting) {
	}

}
