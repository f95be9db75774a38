package io.greenroom.deferred.internal;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredInterruptedException;
import io.greenroom.deferred.DeferredTimeoutException;
import io.greenroom.observe.CallMode;
import org.jspecify.annotations.Nullable;

/**
 * A call on its way to a handler that has yet to be found. Confined to the caller's
 * thread.
 */
public class RoutedCall {

	private final HandlerFamily family;

	private final HandlerMethod method;

	private final CallMode mode;

	private final @Nullable Object[] arguments;

	/** Whether it calls no method and only makes the handler's target. */
	private final boolean waking;

	/** Whether it was recorded from a function of {@link Deferred#async}. */
	private final boolean recorded;

	/** Wraps the body of a call that was stored. */
	private final @Nullable Delivering delivering;

	/**
	 * How long the caller waits, in nanoseconds; {@link CallSubmitter#AS_DECLARED} if it
	 * does not say.
	 */
	private long nanos;

	RoutedCall(HandlerFamily family, HandlerMethod method, CallMode mode, @Nullable Object[] arguments,
			boolean recorded, long nanos) {
		this.family = family;
		this.method = method;
		this.mode = mode;
		this.arguments = arguments;
		this.recorded = recorded;
		this.nanos = nanos;
		this.waking = false;
		this.delivering = null;
	}

	/** Makes a call that was stored. */
	RoutedCall(HandlerFamily family, HandlerMethod method, @Nullable Object[] arguments, Delivering delivering) {
		this.family = family;
		this.method = method;
		this.mode = CallMode.ASYNC;
		this.arguments = arguments;
		this.recorded = false;
		this.nanos = CallSubmitter.AS_DECLARED;
		this.waking = false;
		this.delivering = delivering;
	}

	/** Makes a call that only makes the target. */
	RoutedCall(HandlerFamily family, HandlerMethod method) {
		this.family = family;
		this.method = method;
		this.mode = CallMode.SYNC;
		this.arguments = new Object[0];
		this.recorded = false;
		this.nanos = CallSubmitter.AS_DECLARED;
		this.waking = true;
		this.delivering = null;
	}

	/**
	 * Returns how long the caller still waits, for its answer or for room.
	 * @return the time, at most what is left of the call that it is made in
	 */
	public Duration timeLeft() {
		return Duration.ofNanos(CallSubmitter.withinOuter(this.family.now(),
				CallSubmitter.declared(this.nanos, this.family.timeout())));
	}

	/**
	 * Makes the call.
	 * @param handler the handler, which is open for as long as this takes
	 * @param spent how much of the caller's time has passed already
	 * @return what the caller gets
	 * @throws Throwable what the caller gets
	 */
	public @Nullable Object on(Handler handler, Duration spent) throws Throwable {
		Objects.requireNonNull(handler, "handler");
		Objects.requireNonNull(spent, "spent");
		if (spent.isPositive()) {
			this.nanos = Math.max(1, timeLeft().minus(spent).toNanos());
		}
		CallSubmitter submitter = handler.submitter();
		if (this.waking || this.family.passes(this.method)) {
			submitter.awaitMade(this.method, this.nanos);
		}
		if (this.waking) {
			return null;
		}
		CallTarget target = new CallTarget(handler.core(), null);
		if (this.delivering != null) {
			Object future = submitter
				.submitDelivered(new DeliveredCall(this.method, target, this.arguments, this.delivering), this.method);
			return future;
		}
		if (this.recorded) {
			Object future = submitter.submitRecorded(new RecordedCall(this.method, target, this.arguments),
					this.method);
			return future;
		}
		return submitter.submit(new MethodCall(this.method, this.mode, target, this.arguments), this.method,
				this.nanos);
	}

	/**
	 * Stores the call instead of making it, if its method is durable.
	 * @param calls where to store it
	 * @param key the text of the key
	 * @return whether it was stored and must not be made
	 * @throws Throwable if it could not be stored
	 */
	public boolean store(StoredCalls calls, String key) throws Throwable {
		if (!this.method.durable() || this.waking || this.delivering != null) {
			return false;
		}
		calls.store(key, this.method.method(), this.arguments);
		return true;
	}

	/**
	 * Makes the call as {@link #on} does, with a guard for its body.
	 * @param handler the handler, which is open for as long as this takes
	 * @param spent how much of the caller's time has passed already
	 * @param guard decides whether the body may begin
	 * @return what the caller gets
	 * @throws Throwable what the caller gets
	 */
	public @Nullable Object on(Handler handler, Duration spent, BodyGuard guard) throws Throwable {
		if (this.waking) {
			guard.beforeBody();
			return on(handler, spent);
		}
		if (isPassing()) {
			guard.beforeBody();
			return guard.run(() -> on(handler, spent));
		}
		if (spent.isPositive()) {
			this.nanos = Math.max(1, timeLeft().minus(spent).toNanos());
		}
		CallTarget target = new CallTarget(handler.core(), null);
		if (this.delivering != null) {
			Delivering round = this.delivering;
			Object future = handler.submitter()
				.submitRecorded(new DeliveredCall(this.method, target, this.arguments, (body) -> {
					guard.beforeBody();
					return round.run(body);
				}), this.method);
			return future;
		}
		return handler.submitter()
			.submit(new GuardedCall(this.method, this.recorded ? CallMode.ASYNC : this.mode, target, this.arguments,
					guard, List.of(), !this.recorded, false), this.method, this.nanos);
	}

	/**
	 * Returns the called method.
	 * @return the method as declared by the handler's class
	 */
	public Method declared() {
		return this.method.method();
	}

	/**
	 * Returns the arguments.
	 * @return the arguments, boxed; must not be changed
	 */
	public @Nullable Object[] arguments() {
		return this.arguments;
	}

	/**
	 * Returns how the call is made.
	 * @return the mode
	 */
	public CallMode mode() {
		return this.mode;
	}

	/**
	 * Returns whether it only makes the handler's target.
	 * @return whether it calls no method
	 */
	public boolean isWaking() {
		return this.waking;
	}

	/**
	 * Returns whether it was stored and is being delivered.
	 * @return whether it must be made here or not at all
	 */
	public boolean isDelivery() {
		return this.delivering != null;
	}

	/**
	 * Returns whether it was recorded from a function of {@link Deferred#async}.
	 * @return whether its future completes with the body's result, even if that is itself
	 * a future
	 */
	public boolean isRecorded() {
		return this.recorded;
	}

	/**
	 * Returns whether the body is read-only.
	 * @return whether the call may be made twice
	 */
	public boolean isReadOnly() {
		return this.method.readOnly();
	}

	/**
	 * Returns whether it bypasses the mailbox.
	 * @return whether the body runs on the calling thread, like that of a move
	 */
	public boolean isPassing() {
		return this.family.passes(this.method);
	}

	/**
	 * Returns whether it waits for the end of its caller's transaction.
	 * @return whether it must be submitted when the caller commits
	 */
	public boolean isAfterCommit() {
		return this.method.afterCommit() && this.family.isInTransaction();
	}

	/**
	 * Runs a task when the transaction of the call commits, and not if it rolls back.
	 * @param submit the task; must return at once and throw nothing
	 */
	public void whenCommitted(Runnable submit) {
		Objects.requireNonNull(submit, "submit");
		this.family.atEnd(new ReservedCall() {

			private final AtomicBoolean over = new AtomicBoolean();

			@Override
			public void submit() {
				if (this.over.compareAndSet(false, true)) {
					submit.run();
				}
			}

			@Override
			public void giveBack() {
				this.over.set(true);
			}

			@Override
			public String toString() {
				return RoutedCall.this.family.name() + "." + method();
			}

		});
	}

	/**
	 * Returns the result for a caller that does not wait.
	 * @return {@code null}, or the zero of a primitive type
	 */
	public @Nullable Object nothing() {
		return this.method.nothing();
	}

	/**
	 * Adds the caller's side to an exception from another node.
	 * @param failure what was thrown
	 * @return the same throwable
	 */
	public Throwable calledFrom(Throwable failure) {
		return CalledFrom.here(failure, this.family.name(), this.method.name());
	}

	/**
	 * Returns the exception for a caller whose time is over.
	 * @param reason what it waited for; ends the message
	 * @return the exception, to be thrown
	 */
	public DeferredTimeoutException timedOut(String reason) {
		Objects.requireNonNull(reason, "reason");
		this.family.reports().gaveUp(this.method.name(), this.mode);
		return new DeferredTimeoutException(reason, null);
	}

	/**
	 * Returns the exception for a caller that was interrupted. The interrupt flag is set.
	 * @param reason what it waited for
	 * @param cause the interrupt
	 * @return the exception, to be thrown
	 */
	public DeferredInterruptedException interrupted(String reason, InterruptedException cause) {
		Objects.requireNonNull(reason, "reason");
		Objects.requireNonNull(cause, "cause");
		Thread.currentThread().interrupt();
		return new DeferredInterruptedException(reason, cause);
	}

	/**
	 * Counts the call as rejected.
	 * @param reason why, from a small closed set
	 */
	public void rejected(String reason) {
		Objects.requireNonNull(reason, "reason");
		this.family.reports().rejected(this.method.name(), this.mode, reason);
	}

	/**
	 * Returns the name of the called method.
	 * @return the name
	 */
	public String method() {
		return this.method.name();
	}

	@Override
	public String toString() {
		return "RoutedCall[" + this.family.name() + "." + this.method.name() + "]";
	}

}
