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
 * A call on its way to a handler that is yet to be found. Confined to the caller's
 * thread.
 */
public class RoutedCall {

	private final HandlerFamily family;

	private final HandlerMethod method;

	private final CallMode mode;

	private final @Nullable Object[] arguments;

	/** Whether it calls nothing, and only has the handler's target made. */
	private final boolean waking;

	/** Whether it was taken down in a function of {@link Deferred#async}. */
	private final boolean recorded;

	/** Stands round the body of a call that was stored. */
	private final @Nullable Delivering delivering;

	/**
	 * How long the caller waits; {@link CallSubmitter#AS_DECLARED} if it does not say.
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

	/** Makes a call that only has the target made. */
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
	 * @return the time, at most what is left of the call that it runs in
	 */
	public Duration timeLeft() {
		return Duration.ofNanos(CallSubmitter.withinOuter(System.nanoTime(),
				CallSubmitter.declared(this.nanos, this.family.timeout())));
	}

	/**
	 * Makes the call.
	 * @param handler the handler, which is open for as long as this takes
	 * @param spent how much of the caller's time is gone; zero if none to speak of
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
				.submitRecorded(new DeliveredCall(this.method, target, this.arguments, this.delivering), this.method);
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
	 * Stores the call instead, if its method is durable.
	 * @param calls keeps such calls
	 * @param key the text of the key
	 * @return whether it was stored, and is not to be made
	 * @throws Throwable why it could not be stored
	 */
	public boolean store(StoredCalls calls, String key) throws Throwable {
		if (!this.method.durable() || this.waking || this.delivering != null) {
			return false;
		}
		calls.store(key, this.method.method(), this.arguments);
		return true;
	}

	/**
	 * Makes the call as {@link #on} does, with a body that is let in by somebody.
	 * @param handler the handler, which is open for as long as this takes
	 * @param spent how much of the caller's time is gone; zero if none to speak of
	 * @param guard lets the body in
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
	 * @return as the handler's class declares it
	 */
	public Method declared() {
		return this.method.method();
	}

	/**
	 * Returns the arguments.
	 * @return the arguments, boxed; not to be changed
	 */
	public @Nullable Object[] arguments() {
		return this.arguments;
	}

	/**
	 * Returns what its caller waits for.
	 * @return how the call is made
	 */
	public CallMode mode() {
		return this.mode;
	}

	/**
	 * Returns whether it only has the handler's target made.
	 * @return whether it calls nothing
	 */
	public boolean isWaking() {
		return this.waking;
	}

	/**
	 * Returns whether it was stored, and is delivered now.
	 * @return whether it is made here or not at all
	 */
	public boolean isDelivery() {
		return this.delivering != null;
	}

	/**
	 * Returns whether it was taken down in a function of {@link Deferred#async}.
	 * @return whether its future is that of the body's result, also where that is a
	 * future itself
	 */
	public boolean isRecorded() {
		return this.recorded;
	}

	/**
	 * Returns whether the body only reads.
	 * @return whether it may be made twice
	 */
	public boolean isReadOnly() {
		return this.method.readOnly();
	}

	/**
	 * Returns whether it is no call of the mailbox.
	 * @return whether the body runs on the thread that makes it, as a move's does
	 */
	public boolean isPassing() {
		return this.family.passes(this.method);
	}

	/**
	 * Returns whether it waits for the end of its caller's transaction.
	 * @return whether that is to be submitted when the caller commits
	 */
	public boolean isAfterCommit() {
		return this.method.afterCommit() && this.family.isInTransaction();
	}

	/**
	 * Has something done when the transaction commits that the call is made in, and not
	 * if that rolls back.
	 * @param submit what is done; must return at once and throw nothing
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
	 * Returns what a caller gets who does not wait.
	 * @return {@code null}, or the zero of a primitive type
	 */
	public @Nullable Object nothing() {
		return this.method.nothing();
	}

	/**
	 * Adds the caller's side to what was thrown on another node.
	 * @param failure what was thrown
	 * @return the same
	 */
	public Throwable calledFrom(Throwable failure) {
		return CalledFrom.here(failure, this.family.name(), this.method.name());
	}

	/**
	 * Returns what tells the caller that its time is over.
	 * @param reason what it has waited for, to end the sentence
	 * @return the exception, to be thrown
	 */
	public DeferredTimeoutException timedOut(String reason) {
		Objects.requireNonNull(reason, "reason");
		this.family.reports().gaveUp(this.method.name(), this.mode);
		return new DeferredTimeoutException(reason, null);
	}

	/**
	 * Returns what tells the caller that it was interrupted. The interrupt flag is set.
	 * @param reason what it has waited for
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
