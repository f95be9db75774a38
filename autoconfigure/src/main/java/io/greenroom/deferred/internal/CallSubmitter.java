package io.greenroom.deferred.internal;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredException;
import io.greenroom.deferred.DeferredInterruptedException;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.Overflow;
import io.greenroom.green.internal.Waits;
import io.greenroom.observe.CallMode;
import io.greenroom.observe.ContextCarrier;
import io.greenroom.observe.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * The caller's side of a handler. It checks whether a call may come in, reserves room for
 * it, pushes it, and waits for its outcome if its mode says so. The {@link Processor}
 * takes over from there.
 */
final class CallSubmitter {

	/** The time of a call that uses the handler's timeout. */
	static final long AS_DECLARED = 0;

	/** The handler whose mailbox the current thread is about to bypass. */
	private static final ThreadLocal<@Nullable HandlerCore> DIRECT = new ThreadLocal<>();

	private final HandlerCore handler;

	private final HandlerOptions options;

	private final Mailbox mailbox;

	private final Ownership ownership;

	private final HandlerLifecycle lifecycle;

	private final HandlerPhases phases;

	private final OwnerThread owner;

	private final CallRunner runner;

	/** Whether the handler has read-only methods. */
	private final boolean reads;

	private final CallReports reports;

	private final Rejections rejections;

	private final ContextCarrier carrier;

	/** {@code null} if callers never run their own calls. */
	private final @Nullable CallerRuns callerRuns;

	private final long timeout;

	private final CallWait wait;

	private final CallerTransactions transactions;

	private final TransactionGuard guard;

	/** Whether calls that do not wait are guarded too; only in tests. */
	private final boolean guardsAll;

	/** Stores calls of durable methods; set before the first call, if at all. */
	private @Nullable StoredCalls stored;

	CallSubmitter(HandlerCore handler, CallerTransactions transactions, Mailbox mailbox, Ownership ownership,
			HandlerLifecycle lifecycle, CallRunner runner) {
		this.handler = handler;
		this.options = handler.options();
		this.mailbox = mailbox;
		this.ownership = ownership;
		this.lifecycle = lifecycle;
		this.phases = lifecycle.phases();
		this.owner = lifecycle.owner();
		this.runner = runner;
		this.reads = handler.type().hasReadOnly();
		this.reports = handler.reports();
		this.rejections = handler.rejections();
		this.carrier = handler.scheduler().contextCarrier();
		this.callerRuns = ownership.callerRuns();
		this.timeout = handler.timeoutNanos();
		this.transactions = transactions;
		this.guard = new TransactionGuard(handler.fullName(), transactions);
		this.guardsAll = transactions.guardsAll();
		this.wait = new CallWait(handler, this.guard);
	}

	/**
	 * Makes a call: runs it here if the caller holds the handler, and queues it
	 * otherwise.
	 */
	@Nullable Object submit(Call call, HandlerMethod method, long nanos) throws Throwable {
		StackRoom.check();
		if (this.ownership.passes(method)) {
			return call.invoke();
		}
		if (method.durable() && this.stored != null) {
			this.stored.store("", method.method(), ((DeclaredCall) call).arguments());
			return method.nothing();
		}
		if (call.mode() != CallMode.ONEWAY && this.ownership.isMine() && !isQueuedCircle(call)) {
			rejectInWrongState(call);
			return call.invoke();
		}
		if (this.reads && isRead(call, method)) {
			return call.invoke();
		}
		checkCallable(method);
		if (this.callerRuns != null && nanos == AS_DECLARED && this.callerRuns.isOffered()
				&& mayRunHere(call, method)) {
			Object result = runHere(this.callerRuns, call);
			if (result != CallerRuns.NOT_LENT) {
				return result;
			}
		}
		return queue(call, method, declared(nanos, this.timeout));
	}

	/**
	 * Rejects a call that comes back to a body of this handler through another handler,
	 * unless it may be let in; whether the other one was idle, so that its caller ran it,
	 * makes no difference. Returns whether the call is to be queued, because nobody waits
	 * for it.
	 */
	private boolean isQueuedCircle(Call call) {
		if (!Hold.isCircle(this.handler)) {
			return false;
		}
		if (call.mode() != CallMode.SYNC) {
			return true;
		}
		if (!this.handler.isReentrant()) {
			List<String> waits = Hold.circle(this.handler, call);
			this.reports.foundCircle(call, waits);
			throw WaitGraph.deadlock(waits);
		}
		return false;
	}

	void storedBy(StoredCalls calls) {
		this.stored = calls;
	}

	/** Returns whether the caller may run this call if no other call is ahead of it. */
	private boolean mayRunHere(Call call, HandlerMethod method) {
		if (call.mode() != CallMode.SYNC || method.readOnly() || !this.phases.isOpen() || this.transactions.isBound()) {
			return false;
		}
		Hold held = Hold.current();
		Call outer = (held != null) ? held.running() : null;
		return outer == null || !outer.isTimed();
	}

	private @Nullable Object runHere(CallerRuns lent, Call call) throws Throwable {
		@Nullable Object result;
		try {
			result = lent.run(call, this.runner, this.carrier);
		}
		catch (Throwable failure) {
			throw CalledFrom.here(failure, this.handler.name(), call.method());
		}
		if (call.isTold()) {
			throw this.rejections.leftRunning(call);
		}
		return result;
	}

	private @Nullable Object queue(Call call, HandlerMethod method, long nanos) throws Throwable {
		boolean sync = (call.mode() == CallMode.SYNC);
		if (this.guardsAll && !method.afterCommit()) {
			if (this.transactions.runsHere()) {
				return bypassing(call::invoke);
			}
			if (!sync) {
				this.guard.checkOther(call);
			}
		}
		long start = (sync || this.reports.isTimed()) ? this.handler.now() : Call.NO_TIME;
		if (sync) {
			this.handler.checkMayWait("wait for the answer of", call);
			this.guard.check(call);
			nanos = withinOuter(start, nanos);
			call.deadline = start + nanos;
		}
		if (method.afterCommit() && this.transactions.isActive()) {
			enqueueAfterCommit(call, start, nanos);
		}
		else {
			enqueue(call, start, nanos);
		}
		return switch (call.mode()) {
			case SYNC -> this.wait.outcome(call, start, nanos);
			case ASYNC -> call.future();
			case ONEWAY -> method.nothing();
		};
	}

	/**
	 * A call from a body of this handler cannot wait until the machine is in another
	 * state.
	 */
	private void rejectInWrongState(Call call) {
		GateControl gateControl = this.ownership.gateControl();
		DeferredException rejection = (gateControl != null) ? gateControl.rejectionInside(call, this.rejections) : null;
		if (rejection != null) {
			throw rejection;
		}
	}

	/**
	 * Returns whether the call comes from a read-only body of this handler and is
	 * read-only too, so that it may run here. Any other call would wait for its own
	 * caller.
	 */
	private boolean isRead(Call call, HandlerMethod method) {
		Hold mine = Hold.of(this.handler);
		if (mine == null || !mine.isReading() || call.mode() == CallMode.ONEWAY) {
			return false;
		}
		if (method.readOnly()) {
			rejectInWrongState(call);
		}
		if (!method.readOnly() && call.mode() == CallMode.SYNC) {
			throw this.rejections.writeFromRead(call, mine.running());
		}
		return method.readOnly();
	}

	/** Limits the time of a call made by a body to what that body's own call has left. */
	static long withinOuter(long now, long nanos) {
		Hold held = Hold.current();
		Call outer = (held != null) ? held.running() : null;
		return (outer != null && outer.isTimed()) ? Math.max(0, Math.min(nanos, outer.deadline - now)) : nanos;
	}

	/**
	 * Returns the time of a call, in nanoseconds; the declared one if the caller gives
	 * none.
	 */
	static long declared(long nanos, long declared) {
		return (nanos == AS_DECLARED) ? declared : nanos;
	}

	private void checkCallable(HandlerMethod method) {
		HandlerMethod loop = this.handler.type().loop();
		if (loop != null && method.equals(loop)) {
			throw new IllegalStateException(
					"%s.%s is the handler's processing loop; Greenroom runs it, and it cannot be called"
						.formatted(this.handler.name(), method.name()));
		}
	}

	/**
	 * Makes a call that was stored: runs it here if the handler is lent and no call is
	 * ahead of it, and queues it otherwise.
	 */
	CompletableFuture<@Nullable Object> submitDelivered(MethodCall call, HandlerMethod method) throws Throwable {
		CallerRuns lent = this.callerRuns;
		if (lent == null || !lent.isOffered() || method.readOnly() || !this.phases.isOpen()
				|| this.transactions.isBound() || Hold.current() != null) {
			return submitRecorded(call, method);
		}
		StackRoom.check();
		try {
			if (lent.run(call, this.runner, this.carrier) == CallerRuns.NOT_LENT) {
				return submitRecorded(call, method);
			}
		}
		catch (Throwable failure) {
			if (!call.isDone()) {
				throw failure;
			}
			// The future has it.
		}
		return call.future();
	}

	/** Makes a call that was recorded from a function of {@link Deferred#async}. */
	CompletableFuture<@Nullable Object> submitRecorded(MethodCall call, HandlerMethod method) throws Throwable {
		StackRoom.check();
		if (this.ownership.passes(method)) {
			return CompletableFuture.completedFuture(call.invoke());
		}
		enqueue(call, this.handler.now(), this.timeout);
		return call.future();
	}

	/** Runs a function of the target as one call in its turn. */
	<T, R extends @Nullable Object> CompletableFuture<R> async(Function<? super T, ? extends R> function, T entry) {
		StackRoom.check();
		FunctionCall<T, R> call = new FunctionCall<>(this.handler, function, entry);
		if (this.guardsAll) {
			if (this.transactions.runsHere()) {
				return asyncHere(function, entry);
			}
			this.guard.checkOther(call);
		}
		enqueue(call, this.handler.now(), this.timeout);
		@SuppressWarnings("unchecked")
		CompletableFuture<R> future = (CompletableFuture<R>) call.future();
		return future;
	}

	private <T, R extends @Nullable Object> CompletableFuture<R> asyncHere(Function<? super T, ? extends R> function,
			T entry) {
		CompletableFuture<R> done = new CompletableFuture<>();
		try {
			@SuppressWarnings("unchecked")
			R result = (R) bypassing(() -> function.apply(entry));
			done.complete(result);
		}
		catch (Throwable failure) {
			done.completeExceptionally(failure);
		}
		return done;
	}

	/**
	 * Waits until there is a target, for a call that bypasses the mailbox and needs the
	 * target at once.
	 */
	void awaitMade(HandlerMethod method, long nanos) throws Throwable {
		if (!this.owner.isUnmade() || this.ownership.isMine()) {
			return;
		}
		long start = this.handler.now();
		long time = withinOuter(start, declared(nanos, this.timeout));
		Call call = new Making.AwaitMade(method.name());
		call.deadline = start + time;
		this.handler.checkMayWait("wait for", call);
		enqueue(call, start, time);
		if (this.owner.isUnmade() || !call.withdraw()) {
			this.wait.outcome(call, start, time);
		}
	}

	private void enqueue(Call call, long start, long nanos) {
		if (!accept(call, start, nanos)) {
			return;
		}
		boolean pushed;
		try {
			pushed = this.mailbox.push(call);
		}
		catch (OutOfMemoryError failure) {
			throw this.rejections.notStarted(call, failure);
		}
		if (!pushed) {
			if (call.withdraw()) {
				throw this.rejections.stopped(call, this.phases.death());
			}
			settled(call);
		}
	}

	/** Reserves room for the call now, and submits the call when the caller commits. */
	private void enqueueAfterCommit(Call call, long start, long nanos) {
		if (!accept(call, start, nanos)) {
			return;
		}
		ReservedPlace reserved = new ReservedPlace(this.handler.name(), call, this.mailbox, this.lifecycle.ending());
		boolean taken = false;
		try {
			// The commit may come during a shutdown, when no owner can start any more.
			if (!this.mailbox.haveAttended()) {
				throw this.rejections.stopped(call, this.phases.death());
			}
			this.transactions.atEnd(reserved);
			taken = true;
		}
		catch (OutOfMemoryError failure) {
			throw this.rejections.notStarted(call, failure);
		}
		finally {
			if (!taken) {
				reserved.giveBack();
			}
		}
	}

	/**
	 * Takes room for a call; returns whether it has some. If not, the call is dropped, or
	 * its outcome has been decided elsewhere.
	 */
	private boolean accept(Call call, long start, long nanos) {
		if (!this.phases.isOpen()) {
			this.lifecycle.admit(call);
		}
		carryContext(call);
		this.reports.submitted(call, start);
		return this.mailbox.tryReserve() || makeRoom(call, nanos);
	}

	/**
	 * A caller that does not wait may be gone, along with its request, when the body
	 * runs.
	 */
	private void carryContext(Call call) {
		if (this.carrier != ContextCarrier.NONE) {
			call.carry((call.mode() == CallMode.SYNC) ? this.carrier.capture() : this.carrier.captureDetached());
		}
	}

	/**
	 * Gets room in a full mailbox according to the handler's overflow policy; returns
	 * whether there is any, {@code false} if the call needs none.
	 */
	private boolean makeRoom(Call call, long nanos) {
		if (call.mode() == CallMode.ONEWAY) {
			if (this.options.overflow() == Overflow.DROP_NEWEST) {
				this.reports.rejected(call, "dropped");
				return false;
			}
			if (this.mailbox instanceof DroppingMailbox dropping) {
				Call oldest = dropping.dropOldest();
				if (oldest != null) {
					if (oldest.mode() == CallMode.ONEWAY) {
						this.reports.rejected(oldest, "dropped");
						this.lifecycle.ending().passed(oldest);
					}
					return true;
				}
			}
		}
		return awaitRoom(call, nanos);
	}

	/**
	 * Waits for room; returns whether there is a place for the call, and the call is
	 * still pending. Throws if the caller gets neither a place nor an answer.
	 */
	private boolean awaitRoom(Call call, long nanos) {
		boolean mayWait = this.options.overflow() != Overflow.REJECT && !this.ownership.isMine()
				&& !this.lifecycle.waitsForCaller();
		boolean placed = false;
		@Nullable InterruptedException interrupt = null;
		try {
			placed = mayWait && this.wait.reserve(this.mailbox, call, nanos, this.phases::isRejecting);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			interrupt = ex;
		}
		if (placed && call.isPending()) {
			return true;
		}
		if (placed) {
			this.mailbox.unreserve();
		}
		if (!placed && call.withdraw()) {
			if (interrupt == null && this.phases.isRejecting()) {
				throw this.rejections.stopped(call, this.phases.death());
			}
			if (interrupt == null) {
				throw this.rejections.full(call, mayWait ? Duration.ofNanos(nanos) : null, this.ownership.doing());
			}
			throw new DeferredInterruptedException(
					"Interrupted while waiting for room in the mailbox of %s for %s; the call was not made"
						.formatted(this.handler.name(), call.method()),
					interrupt);
		}
		settled(call);
		return false;
	}

	/**
	 * Handles a call outside the mailbox whose outcome was decided elsewhere. A sync
	 * caller gets the outcome where it waits. Any other call never begins without a
	 * place, so it was failed.
	 */
	private static void settled(Call call) {
		if (call.mode() == CallMode.SYNC) {
			return;
		}
		while (!call.isDone()) {
			Waits.spin();
		}
		if (call.failure() instanceof DeferredException failure) {
			throw failure;
		}
	}

	/** Runs a body on the caller's thread, bypassing the mailbox. */
	@Nullable Object direct(HandlerMethod method, Object entry, @Nullable Object[] arguments) throws Throwable {
		if (entry == this.handler.target()) {
			return method.invoke(entry, arguments);
		}
		StackRoom.check();
		return bypassing(() -> method.invoke(entry, arguments));
	}

	/** Runs something whose first call of this handler bypasses the mailbox. */
	private @Nullable Object bypassing(Body body) throws Throwable {
		DIRECT.set(this.handler);
		try {
			return body.run();
		}
		finally {
			DIRECT.remove();
		}
	}

	/** What runs on the caller's thread. */
	@FunctionalInterface
	private interface Body {

		@Nullable Object run() throws Throwable;

	}

	/**
	 * Returns whether an intercepted call is a body that was let in already, by its
	 * processor or by {@link #direct}.
	 */
	boolean isEntered() {
		Hold mine = Hold.of(this.handler);
		if (mine != null && mine.takeEntry()) {
			return true;
		}
		if (DIRECT.get() == this.handler) {
			DIRECT.remove();
			return true;
		}
		return false;
	}

}
