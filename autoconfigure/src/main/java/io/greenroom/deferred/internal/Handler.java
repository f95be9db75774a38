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
import io.greenroom.observe.HandlerGauges;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind a {@link Deferred}: a target object, its mailbox, and the green
 * thread that owns it. Users meet the handle; this class is for integrations that
 * intercept calls by their own means, as Greenroom's Spring part does. Safe for use by
 * many threads.
 */
public final class Handler implements DrainedService, AutoCloseable {

	private final HandlerEngine engine;

	private final Inspection inspection;

	/**
	 * Makes a handler. Its owner starts at the first call, or with {@link #start()}.
	 * @param scheduler where the owner runs
	 * @param type what is known of the target's class
	 * @param target the object whose methods are called
	 * @param options how calls are taken
	 */
	public Handler(GreenScheduler scheduler, HandlerType type, Object target, HandlerOptions options) {
		this(scheduler, type, target, options, CallerTransactions.NONE);
	}

	/**
	 * Makes a handler whose callers may be in transactions. Its owner starts at the first
	 * call, or with {@link #start()}.
	 * @param scheduler where the owner runs
	 * @param type what is known of the target's class
	 * @param target the object whose methods are called
	 * @param options how calls are taken
	 * @param transactions knows the transactions of the callers
	 */
	public Handler(GreenScheduler scheduler, HandlerType type, Object target, HandlerOptions options,
			CallerTransactions transactions) {
		HandlerParts parts = new HandlerParts(Objects.requireNonNull(scheduler, "scheduler"), null, type, options);
		this.engine = new HandlerEngine(this, parts, Objects.requireNonNull(transactions, "transactions"), null,
				Objects.requireNonNull(target, "target"), null, null);
		this.inspection = new Inspection(this.engine);
	}

	/**
	 * Makes a handler that is looked after by a host, and whose target that one makes.
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
	 * Returns what is known of the target's class.
	 * @return the type
	 */
	public HandlerType type() {
		return this.engine.core().type();
	}

	/**
	 * Returns the object whose methods are called, without anything round it.
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
	 * @param entry what bodies are called on: the target, or a proxy round it that leads
	 * back to {@link #call}
	 * @return a new handle
	 * @param <T> the type to call by
	 */
	public <T> Deferred<T> deferred(Class<T> as, T entry) {
		return new Handle<>(this, HandlerType.of(Objects.requireNonNull(as, "as")), as,
				Objects.requireNonNull(entry, "entry"));
	}

	/**
	 * Makes a call that an integration has intercepted: lets it through where it comes
	 * from this handler itself or from its handle's {@code direct()}, and else takes it
	 * into the mailbox as the called method declares.
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
	 * Has calls of durable methods stored. To be called once, before anybody calls;
	 * without it they are ordinary oneway calls after the commit.
	 * @param calls keeps them, under no key
	 */
	public void storedBy(StoredCalls calls) {
		this.engine.submitter().storedBy(Objects.requireNonNull(calls, "calls"));
	}

	/**
	 * Delivers a call that was stored: makes it in the mailbox.
	 * @param method the method, of this handler's type
	 * @param entry what bodies are called on: the target, or a proxy round it that leads
	 * back to {@link #call}
	 * @param arguments what its caller has passed
	 * @param round stands round the body
	 * @return a future of its end
	 * @throws Throwable why it was not made
	 */
	public CompletableFuture<@Nullable Object> deliver(Method method, Object entry, @Nullable Object[] arguments,
			Delivering round) throws Throwable {
		HandlerMethod known = type().method(Objects.requireNonNull(method, "method"));
		CallTarget target = new CallTarget(core(), Objects.requireNonNull(entry, "entry"));
		return submitter().submitRecorded(new DeliveredCall(known, target, arguments, round), known);
	}

	/**
	 * Says who will {@linkplain #start() start} the handler's loop. To be called once,
	 * before anybody calls; without it every call waits for the start till its time is
	 * over.
	 * @param starter whether the loop starts on the given thread, and has not started: a
	 * call from there that waits for the loop would keep it from starting, and is
	 * rejected
	 * @param remedy where such a call belongs, to end the message of its rejection
	 */
	public void startedBy(Predicate<Thread> starter, String remedy) {
		this.engine.lifecycle()
			.startedBy(Objects.requireNonNull(starter, "starter"), Objects.requireNonNull(remedy, "remedy"));
	}

	/**
	 * Starts the owner of a handler with a {@link ProcessingLoop}. Does nothing for
	 * others, whose owner starts with their first call, and when it has started before.
	 */
	public void start() {
		this.engine.lifecycle().startLoop();
	}

	/**
	 * Has a gate decide when calls may run. To be called once, before anybody calls.
	 * @param gate the gate
	 * @throws IllegalStateException if there is one already
	 */
	public void gatedBy(CallGate gate) {
		this.engine.gatedBy(Objects.requireNonNull(gate, "gate"));
	}

	/**
	 * Takes a gated handler for the target's own doings on the current thread, and waits
	 * for the end of a body that runs. Meanwhile calls run where that thread processes
	 * {@link #calls()}, and nowhere else. {@link #vacate()} must follow.
	 * @throws InterruptedException if the thread is interrupted while it waits
	 */
	public void occupy() throws InterruptedException {
		gated().occupy();
	}

	/**
	 * Takes a gated handler likewise, if that comes in time.
	 * @param gate the gate of the target that is to have it
	 * @param limit how long to wait at most
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
	 * Returns whether the current thread runs a body of this handler that no other one
	 * runs beside, or makes or ends its target.
	 * @return whether it has the handler to itself
	 */
	public boolean isHeldAlone() {
		return this.engine.ownership().isMine();
	}

	/** Gives a handler back that the current thread {@linkplain #occupy() occupies}. */
	public void vacate() {
		gated().vacate();
	}

	/** Says that the answers of the gate have changed, if there is one. */
	public void gateMoved() {
		GateControl known = this.engine.gate();
		if (known != null) {
			known.moved();
		}
	}

	/**
	 * Returns who decides when calls may run.
	 * @return the gate, {@code null} where there is none
	 */
	public @Nullable CallGate gate() {
		GateControl known = this.engine.gate();
		return (known != null) ? known.gate() : null;
	}

	private GateControl gated() {
		GateControl known = this.engine.gate();
		if (known == null) {
			throw new IllegalStateException("Handler '%s' has no gate".formatted(name()));
		}
		return known;
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
	 * Shuts the handler down: rejects calls at once, runs those accepted within the time
	 * given, and fails the rest to their callers with a {@link HandlerStoppedException}.
	 * What was left is logged by name, unless a draining scheduler does so for all its
	 * handlers.
	 */
	@Override
	public void stop(Duration grace) throws InterruptedException {
		this.engine.lifecycle().stop(Objects.requireNonNull(grace, "grace"));
	}

	/**
	 * Shuts the handler down as {@link #stop} does, and gives accepted calls the time
	 * that callers wait for an answer. Returns when it has ended, but at once in a body
	 * of this handler, which is finished first; an interrupt cuts the wait short and
	 * stays set. Idempotent.
	 */
	@Override
	public void close() {
		try {
			stop(this.engine.core().options().timeout());
		}
		catch (InterruptedException ex) {
			stopNow();
			Thread.currentThread().interrupt();
		}
	}

	private void stopNow() {
		try {
			stop(Duration.ZERO);
		}
		catch (InterruptedException again) {
			// A waiting thread has been told before.
		}
	}

	/**
	 * Returns what the handler died of, for reports on its health.
	 * @return what ended its loop for good; {@code null} while it is alive, and when it
	 * was shut down
	 */
	public @Nullable Throwable failure() {
		return this.engine.lifecycle().death();
	}

	/**
	 * Returns what can be seen of the handler now. Stops nobody for it.
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
		for (Hold held : this.engine.core().holds()) {
			if (thread == null || thread.equals(held.thread().getName())) {
				String method = held.interruptRunning();
				if (method != null) {
					return method;
				}
			}
		}
		return null;
	}

	/**
	 * Returns whether it matters how long the handler is busy.
	 * @return {@code false} if it may be busy for as long as it likes
	 */
	public boolean isWatched() {
		return this.engine.core().options().busyLimit().isPositive();
	}

	/**
	 * Returns where a thread that holds the handler is now.
	 * @param thread the thread's name; {@code null} for any that holds it
	 * @return its frames, innermost first; empty if no such thread holds it
	 */
	public List<StackTraceElement> stack(@Nullable String thread) {
		for (Hold held : this.engine.core().holds()) {
			if (thread == null || thread.equals(held.thread().getName())) {
				return List.of(held.thread().getStackTrace());
			}
		}
		return List.of();
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
	 * Ends a handler of a {@link HandlerFamily} that is not called any more, if it has
	 * nothing to do: no body runs, and nothing is queued or has its place reserved by a
	 * transaction. Returns at once; the host hears of the end.
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
	 * Returns whether there is a target, which is always so but in a
	 * {@link HandlerFamily}.
	 * @return whether the target is made
	 */
	public boolean isMade() {
		return this.engine.core().isMade();
	}

	/**
	 * Has another target made for the next call, when the body that runs now has ended.
	 * To be called in a handler of a {@link HandlerFamily} by the thread that runs it, or
	 * that {@linkplain #occupy(CallGate, Duration) occupies} the handler. Calls that wait
	 * keep their places.
	 */
	public void renew() {
		this.engine.lifecycle().renew();
		this.engine.processor().stopProcessing();
		this.engine.lifecycle().wakeResting();
	}

	/**
	 * Returns whether the current thread holds the handler, so that a call from it runs
	 * at once.
	 * @return whether it runs a body of this handler, or makes or ends its target
	 */
	public boolean isHeld() {
		return this.engine.ownership().isMine() || Hold.of(core()) != null;
	}

	/** Takes no calls any more; returns at once. */
	void beginStop() {
		this.engine.lifecycle().beginStop();
	}

	HandlerGauges gauges() {
		return this.engine.gauges();
	}

	/** Has the owner give its thread back if nothing comes. */
	void rest() {
		this.engine.lifecycle().rest();
	}

	HandlerCore core() {
		return this.engine.core();
	}

	CallSubmitter submitter() {
		return this.engine.submitter();
	}

	@Override
	public String toString() {
		return this.engine.core().toString();
	}

}
