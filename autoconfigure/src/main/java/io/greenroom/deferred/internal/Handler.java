package io.greenroom.deferred.internal;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.DeferredException;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.HandlerStoppedException;
import io.greenroom.deferred.ProcessingLoop;
import io.greenroom.green.DrainedService;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.green.WorkReport;
import org.jspecify.annotations.Nullable;

/**
 * The handler behind a {@link Deferred}: a target object, its mailbox, and the green
 * thread that owns it. Applications use the handle. This class is for integrations that
 * intercept calls by their own means, as Greenroom's Spring support does. Thread-safe.
 */
public final class Handler implements DrainedService, AutoCloseable {

	private final HandlerEngine engine;

	private final Inspection inspection;

	/**
	 * Creates a handler. Its owner starts at the first call, or with {@link #start()}.
	 * @param scheduler where the owner runs
	 * @param type the metadata of the target's class
	 * @param target the object whose methods are called
	 * @param options how calls are taken
	 */
	public Handler(GreenScheduler scheduler, HandlerType type, Object target, HandlerOptions options) {
		this(scheduler, type, target, options, CallerTransactions.NONE);
	}

	/**
	 * Creates a handler whose callers may be in transactions. Its owner starts at the
	 * first call, or with {@link #start()}.
	 * @param scheduler where the owner runs
	 * @param type the metadata of the target's class
	 * @param target the object whose methods are called
	 * @param options how calls are taken
	 * @param transactions access to the transactions of the callers
	 */
	public Handler(GreenScheduler scheduler, HandlerType type, Object target, HandlerOptions options,
			CallerTransactions transactions) {
		HandlerParts parts = new HandlerParts(Objects.requireNonNull(scheduler, "scheduler"), null, type, options);
		this.engine = new HandlerEngine(this, parts, Objects.requireNonNull(transactions, "transactions"), null,
				Objects.requireNonNull(target, "target"), null, null);
		this.inspection = new Inspection(this.engine);
	}

	/**
	 * Creates a handler whose target is made by a host, which is also told what becomes
	 * of the handler.
	 */
	Handler(HandlerParts parts, CallerTransactions transactions, String key, HandlerHost host, CallReports shared) {
		this.engine = new HandlerEngine(this, parts, transactions, key, null, host, shared);
		this.inspection = new Inspection(this.engine);
	}

	@Override
	public String name() {
		return this.engine.core().name();
	}

	/**
	 * Returns the metadata of the target's class.
	 * @return the type
	 */
	public HandlerType type() {
		return this.engine.core().type();
	}

	/**
	 * Returns the object whose methods are called, without any proxy.
	 * @return the target
	 */
	public Object target() {
		return this.engine.core().target();
	}

	/**
	 * Returns the calls that wait.
	 * @return the control object of the thread that processes
	 */
	public DeferredCalls calls() {
		return this.engine.processor();
	}

	/**
	 * Returns a handle.
	 * @param as the type to call by: the target's class, or an interface the entry
	 * implements
	 * @param entry what bodies are called on: the target, or a proxy around it that leads
	 * back to {@link #call}
	 * @return a new handle
	 * @param <T> the type to call by
	 */
	public <T> Deferred<T> deferred(Class<T> as, T entry) {
		return new Handle<>(this, HandlerType.of(Objects.requireNonNull(as, "as")), as,
				Objects.requireNonNull(entry, "entry"));
	}

	/**
	 * Makes a call that an integration has intercepted. A call from this handler itself
	 * or from its handle's {@code direct()} proceeds at once. Any other call goes into
	 * the mailbox, as the called method declares.
	 * @param invocation the intercepted call
	 * @return what the caller gets
	 * @throws Throwable what the body threw, or a {@link DeferredException}
	 */
	public @Nullable Object call(Invocation invocation) throws Throwable {
		Objects.requireNonNull(invocation, "invocation");
		if (this.engine.submitter().isEntered()) {
			return invocation.proceed();
		}
		HandlerMethod method = type().method(invocation.method());
		if (this.engine.ownership().passes(method)) {
			return invocation.proceed();
		}
		return this.engine.submitter()
			.submit(new InvocationCall(core(), method, invocation), method, CallSubmitter.AS_DECLARED);
	}

	/**
	 * Stores calls of durable methods. Must be called once, before the first call.
	 * Without it, they are ordinary oneway calls after the commit.
	 * @param calls where to store them, without a key
	 */
	public void storedBy(StoredCalls calls) {
		this.engine.submitter().storedBy(Objects.requireNonNull(calls, "calls"));
	}

	/**
	 * Delivers a call that was stored, through the mailbox, or at once on this thread if
	 * the handler is idle.
	 * @param method the method, of this handler's type
	 * @param entry what bodies are called on: the target, or a proxy around it that leads
	 * back to {@link #call}
	 * @param arguments the arguments of the caller
	 * @param round wraps the body
	 * @return a future that completes when the body ends
	 * @throws Throwable if the call was not made
	 */
	public CompletableFuture<@Nullable Object> deliver(Method method, Object entry, @Nullable Object[] arguments,
			Delivering round) throws Throwable {
		HandlerMethod known = type().method(Objects.requireNonNull(method, "method"));
		CallTarget target = new CallTarget(core(), Objects.requireNonNull(entry, "entry"));
		return submitter().submitDelivered(new DeliveredCall(known, target, arguments, round), known);
	}

	/**
	 * Sets who will {@linkplain #start() start} the handler's loop. Must be called once,
	 * before the first call. Without it, every call waits for the start until its time is
	 * over.
	 * @param starter whether the loop will start on the given thread and has not started
	 * yet. A call from such a thread that waits for the loop would keep it from starting,
	 * and is rejected
	 * @param remedy where to make such a call instead; ends the rejection's message
	 */
	public void startedBy(Predicate<Thread> starter, String remedy) {
		this.engine.lifecycle()
			.startedBy(Objects.requireNonNull(starter, "starter"), Objects.requireNonNull(remedy, "remedy"));
	}

	/**
	 * Starts the owner of a handler with a {@link ProcessingLoop}. Has no effect if the
	 * owner has started before, or if the handler has no loop: its owner then starts with
	 * the first call.
	 */
	public void start() {
		this.engine.lifecycle().startLoop();
	}

	/**
	 * Lets a gate decide when calls may run. Must be called once, before the first call.
	 * @param gate the gate
	 * @throws IllegalStateException if there is one already
	 */
	public void gatedBy(CallGate gate) {
		this.engine.gatedBy(Objects.requireNonNull(gate, "gate"));
	}

	/**
	 * Takes a gated handler for the activity of its target on the current thread. Waits
	 * until a running body has ended. Until {@link #vacate()}, which must follow, calls
	 * run only when this thread processes {@link #calls()}.
	 * @throws InterruptedException if the thread is interrupted while it waits
	 */
	public void occupy() throws InterruptedException {
		this.engine.gated().occupy();
	}

	/**
	 * Takes a gated handler as {@link #occupy()} does, if it becomes available in time.
	 * @param gate the gate of the target that takes the handler
	 * @param limit the longest time to wait
	 * @return whether it was taken, and {@link #vacate()} must follow; {@code false} also
	 * if the handler is about to end, or has another target by now
	 * @throws InterruptedException if the thread is interrupted while it waits
	 * @throws IllegalStateException if a read-only body waits for its own end
	 */
	public boolean occupy(CallGate gate, Duration limit) throws InterruptedException {
		Objects.requireNonNull(gate, "gate");
		return this.engine.occupy(gate, limit);
	}

	/**
	 * Returns whether the current thread has this handler to itself: it runs a body that
	 * is not read-only, or makes or ends the target.
	 * @return whether it has the handler to itself
	 */
	public boolean isHeldAlone() {
		return this.engine.ownership().isMine();
	}

	/** Gives back a handler that the current thread {@linkplain #occupy() occupies}. */
	public void vacate() {
		this.engine.gated().vacate();
	}

	/**
	 * Notifies the handler that the answers of its gate have changed. Has no effect
	 * without a gate.
	 */
	public void gateMoved() {
		this.engine.gateMoved();
	}

	/**
	 * Returns what decides when calls may run.
	 * @return the gate, or {@code null} if there is none
	 */
	public @Nullable CallGate gate() {
		return this.engine.gate();
	}

	/** {@inheritDoc} */
	@Override
	public void reject() {
		this.engine.lifecycle().reject();
	}

	@Override
	public boolean isQuiet() {
		return this.engine.lifecycle().isQuiet();
	}

	@Override
	public long mark() {
		return this.engine.mark();
	}

	@Override
	public List<GreenThread<?>> threads() {
		return this.engine.lifecycle().threads();
	}

	/**
	 * Shuts the handler down. Rejects new calls at once, runs accepted calls within the
	 * grace period, and fails the rest with a {@link HandlerStoppedException}. Calls that
	 * were left are logged by name, unless a draining scheduler reports them for all its
	 * handlers.
	 */
	@Override
	public void stop(Duration grace) throws InterruptedException {
		this.engine.lifecycle().stop(Objects.requireNonNull(grace, "grace"));
	}

	/**
	 * Shuts the handler down as {@link #stop} does, with the handler's timeout as the
	 * grace period. Returns when the handler has ended. In a body of this handler it
	 * returns at once, and the handler ends after the body. An interrupt cuts the wait
	 * short and stays set. Idempotent.
	 */
	@Override
	public void close() {
		this.engine.lifecycle().close();
	}

	/**
	 * Returns what the handler died of, for health reports.
	 * @return what ended its loop for good; {@code null} while it is alive, and if it was
	 * shut down
	 */
	public @Nullable Throwable failure() {
		return this.engine.lifecycle().phases().death();
	}

	/**
	 * Returns a snapshot of the handler. Does not stop any thread.
	 * @return the snapshot
	 */
	public HandlerSnapshot snapshot() {
		return snapshot(false);
	}

	/**
	 * Returns what can be seen of the handler now, with the arguments of what runs.
	 * @param arguments whether to show the arguments
	 * @return the snapshot
	 */
	public HandlerSnapshot snapshot(boolean arguments) {
		return Snapshots.of(this.engine, this.inspection, arguments);
	}

	/**
	 * Interrupts a body that runs, for an operator; whoever waits for it goes on waiting.
	 * Of bodies that have let others in, the innermost is interrupted.
	 * @param thread the name of the thread that runs it; {@code null} for any
	 * @return the name of the body's method; {@code null} if there was none to interrupt
	 */
	public @Nullable String interrupt(@Nullable String thread) {
		return this.engine.core().interrupt(thread);
	}

	/**
	 * Returns whether the handler has a limit for being busy.
	 * @return {@code false} if bodies may run for any time
	 */
	public boolean isWatched() {
		return this.engine.core().options().busyLimit().isPositive();
	}

	/**
	 * Returns the current stack of a thread that holds the handler.
	 * @param thread the thread's name; {@code null} for any that holds it
	 * @return its frames, innermost first; empty if no such thread holds it
	 */
	public List<StackTraceElement> stack(@Nullable String thread) {
		return this.engine.core().stack(thread);
	}

	@Override
	public WorkReport report() {
		return this.engine.lifecycle().report();
	}

	@Override
	public Duration inspection() {
		return this.inspection.pause();
	}

	@Override
	public void inspect() {
		this.inspection.look();
	}

	@Override
	public boolean isAtRest() {
		return this.inspection.isAtRest();
	}

	/**
	 * Ends a handler of a {@link HandlerFamily} that is no longer called, if it has
	 * nothing to do: no body runs, no call is queued, and no transaction has reserved a
	 * place. Returns at once; the host is told of the end.
	 * @return whether it ends or has ended; {@code false} if it has something to do, and
	 * goes on
	 */
	public boolean retire() {
		return this.engine.lifecycle().retire(false);
	}

	/**
	 * Ends a handler of a {@link HandlerFamily} as {@link #retire} does, but only while
	 * it has no target.
	 * @return whether it ends or has ended; {@code false} also if its target was made
	 * meanwhile
	 */
	public boolean retireUnmade() {
		return this.engine.lifecycle().retire(true);
	}

	/**
	 * Returns whether there is a target. Only a handler of a {@link HandlerFamily} may
	 * have none.
	 * @return whether the target is made
	 */
	public boolean isMade() {
		return this.engine.core().isMade();
	}

	/**
	 * Replaces the target for the next call, once the running body has ended. Must be
	 * called on a handler of a {@link HandlerFamily}, by the thread that runs it or
	 * {@linkplain #occupy(CallGate, Duration) occupies} it. Waiting calls keep their
	 * places.
	 */
	public void renew() {
		this.engine.lifecycle().owner().renew();
		this.engine.processor().stopProcessing();
		this.engine.lifecycle().owner().wakeResting();
	}

	/**
	 * Returns whether the current thread holds the handler, so that a call from it runs
	 * at once.
	 * @return whether it runs a body of this handler, or makes or ends its target
	 */
	public boolean isHeld() {
		return this.engine.ownership().isMine() || Hold.of(core()) != null;
	}

	/** Takes no more calls; returns at once. */
	void beginStop() {
		this.engine.lifecycle().phases().close();
	}

	/** Asks the owner to give its thread back if nothing comes. */
	void rest() {
		this.engine.lifecycle().owner().rest();
	}

	HandlerCore core() {
		return this.engine.core();
	}

	Mailbox mailbox() {
		return this.engine.mailbox();
	}

	/** Runs the next queued call, if there is any; returns whether a body ran. */
	boolean processOne() {
		return this.engine.processor().processOne();
	}

	CallSubmitter submitter() {
		return this.engine.submitter();
	}

	@Override
	public String toString() {
		return this.engine.core().toString();
	}

}
