package io.greenroom.deferred.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.DeferredException;
import io.greenroom.deferred.Execution;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.HandlerStoppedException;
import io.greenroom.deferred.Overflow;
import io.greenroom.deferred.Processing;
import io.greenroom.deferred.ProcessingLoop;
import io.greenroom.green.DrainedService;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.green.WorkReport;
import io.greenroom.observe.HandlerGauges;
import io.greenroom.observe.internal.Failures;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind a {@link Deferred}: a target object, its mailbox, and the green
 * thread that owns it. Users meet the handle; this class is for integrations that
 * intercept calls by their own means, as Greenroom's Spring part does. Safe for use by
 * many threads.
 * <p>
 * The way of a call: {@link CallSubmitter} reserves room, pushes the call and waits; the
 * {@link Processor} of the thread that holds the handler takes it, and {@link CallRunner}
 * runs it; its end wakes the caller in {@link CallWait}. {@link HandlerLifecycle} says
 * from when to when there is such a thread, {@link Ownership} which one it is.
 */
public final class Handler implements DrainedService, AutoCloseable {

	/** How often a watched handler is looked at while its limit goes by. */
	private static final int LOOKS_PER_LIMIT = 4;

	/** How often a handler is looked at that may be busy for as long as it likes. */
	private static final Duration LOOK = Duration.ofSeconds(1);

	/** How long nothing must have happened before a handler gives its thread back. */
	private static final long REST_AFTER = 1_000_000_000;

	private final HandlerCore core;

	private final Mailbox mailbox;

	private final Ownership ownership;

	private final HandlerLifecycle lifecycle;

	private final CallRunner runner;

	/** Nothing where the handler has no read-only methods. */
	private final @Nullable Readers readers;

	private final Processor processor;

	/** Nothing where the handler may be busy for as long as it likes. */
	private final @Nullable BusyWatch watch;

	private final Duration inspection;

	/** What had happened when it was last looked at; confined to who looks. */
	private long lastMark = -1;

	/** Since when no more has; confined to who looks. */
	private long quietSince;

	private final CallSubmitter submitter;

	private final CallReports reports;

	private final HandlerGauges gauges;

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
		this(new HandlerParts(Objects.requireNonNull(scheduler, "scheduler"), null, type, options),
				Objects.requireNonNull(transactions, "transactions"), null, Objects.requireNonNull(target, "target"),
				null, null);
	}

	/**
	 * Makes a handler that is looked after by a host, and whose target that one makes.
	 */
	Handler(HandlerParts parts, CallerTransactions transactions, String key, HandlerHost host, CallReports shared) {
		this(parts, transactions, key, null, host, shared);
	}

	private Handler(HandlerParts parts, CallerTransactions transactions, @Nullable String key, @Nullable Object target,
			@Nullable HandlerHost host, @Nullable CallReports shared) {
		HandlerType type = parts.type();
		HandlerOptions options = parts.options();
		HandlerName name = new HandlerName(parts.name(), key);
		this.mailbox = mailbox(type, options);
		this.gauges = gauges(this.mailbox);
		this.reports = (shared != null) ? new CallReports(name, shared)
				: new CallReports(name, parts.scheduler().observer(), this.gauges);
		this.core = new Core(parts, this.reports, name, target, host);
		this.ownership = new Ownership(this.core, lends(options) ? new CallerRuns(this.core, this.mailbox) : null);
		this.lifecycle = new HandlerLifecycle(this.core, this.mailbox, this.ownership);
		this.runner = new CallRunner(this.lifecycle, this.reports, host);
		this.readers = type.hasReadOnly() ? new Readers(this.core, this.runner, this.lifecycle) : null;
		this.processor = new Processor(this.core, this.mailbox, this.ownership, this.lifecycle, this.runner,
				this.readers);
		this.watch = options.busyLimit().isPositive() ? new BusyWatch(this.core, this.processor) : null;
		this.inspection = options.busyLimit().isPositive() ? options.busyLimit().dividedBy(LOOKS_PER_LIMIT) : LOOK;
		this.submitter = new CallSubmitter(this.core, transactions, this.mailbox, this.ownership, this.lifecycle,
				this.runner);
	}

	private Mailbox mailbox(HandlerType type, HandlerOptions options) {
		return (options.overflow() == Overflow.DROP_OLDEST)
				? new DroppingMailbox(options.capacity(), type.hasUrgent(), this::wakeOwner)
				: new Mailbox(options.capacity(), type.hasUrgent(), this::wakeOwner);
	}

	/**
	 * Where callers drop each other's calls, nobody but the processor knows for certain
	 * that none is queued.
	 */
	private static boolean lends(HandlerOptions options) {
		return options.execution() == Execution.CALLER_WHEN_IDLE && options.overflow() != Overflow.DROP_OLDEST;
	}

	private boolean wakeOwner() {
		return this.lifecycle.wakeOwner();
	}

	/** The gauges know the mailbox only: a meter must not keep a handler alive. */
	private static HandlerGauges gauges(Mailbox mailbox) {
		return new HandlerGauges() {

			@Override
			public int queued() {
				return mailbox.size();
			}

			@Override
			public Duration oldestAge() {
				Call oldest = mailbox.oldest();
				return (oldest != null && oldest.isPending()) ? CallReports.age(oldest) : Duration.ZERO;
			}

		};
	}

	@Override
	public String name() {
		return this.core.name();
	}

	/**
	 * Returns what is known of the target's class.
	 * @return the type
	 */
	public HandlerType type() {
		return this.core.type();
	}

	/**
	 * Returns the object whose methods are called, without anything round it.
	 * @return the target
	 */
	public Object target() {
		return this.core.target();
	}

	/**
	 * Returns the calls that wait.
	 * @return the control object of the thread that processes
	 */
	public DeferredCalls calls() {
		return this.processor;
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
		if (this.submitter.isEntered()) {
			return invocation.proceed();
		}
		HandlerMethod method = type().method(invocation.method());
		if (this.ownership.passes(method)) {
			return invocation.proceed();
		}
		return this.submitter.submit(new InvocationCall(this.core, method, invocation), method,
				CallSubmitter.AS_DECLARED);
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
		this.lifecycle.startedBy(Objects.requireNonNull(starter, "starter"), Objects.requireNonNull(remedy, "remedy"));
	}

	/**
	 * Starts the owner of a handler with a {@link ProcessingLoop}. Does nothing for
	 * others, whose owner starts with their first call, and when it has started before.
	 */
	public void start() {
		if (type().hasLoop()) {
			this.lifecycle.startLoop();
		}
	}

	/**
	 * Has a gate decide when calls may run. To be called once, before anybody calls.
	 * @param gate the gate
	 * @throws IllegalStateException if there is one already
	 */
	public void gatedBy(CallGate gate) {
		Objects.requireNonNull(gate, "gate");
		if (this.ownership.gateControl() != null) {
			throw new IllegalStateException("Handler '%s' has a gate already".formatted(name()));
		}
		this.ownership.gatedBy(new GateControl(gate, this.mailbox, this.ownership, this.lifecycle));
		this.runner.gatedBy(gate);
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
		if (Hold.of(this.core) != null) {
			throw new IllegalStateException(
					"%s can't be had alone in one of its @ReadOnly bodies, which others run beside; take @ReadOnly off it"
						.formatted(name()));
		}
		GateControl known = this.ownership.gateControl();
		return known != null && known.gate() == gate && known.occupy(HandlerCore.nanos(limit));
	}

	/**
	 * Returns whether the current thread runs a body of this handler that no other one
	 * runs beside, or makes or ends its target.
	 * @return whether it has the handler to itself
	 */
	public boolean isHeldAlone() {
		return this.ownership.isMine();
	}

	/** Gives a handler back that the current thread {@linkplain #occupy() occupies}. */
	public void vacate() {
		gated().vacate();
	}

	/** Says that the answers of the gate have changed, if there is one. */
	public void gateMoved() {
		GateControl known = this.ownership.gateControl();
		if (known != null) {
			known.moved();
		}
	}

	/**
	 * Returns who decides when calls may run.
	 * @return the gate, {@code null} where there is none
	 */
	public @Nullable CallGate gate() {
		GateControl known = this.ownership.gateControl();
		return (known != null) ? known.gate() : null;
	}

	private GateControl gated() {
		GateControl known = this.ownership.gateControl();
		if (known == null) {
			throw new IllegalStateException("Handler '%s' has no gate".formatted(name()));
		}
		return known;
	}

	/** {@inheritDoc} */
	@Override
	public void reject() {
		this.lifecycle.reject();
	}

	@Override
	public boolean isQuiet() {
		return this.lifecycle.isQuiet();
	}

	@Override
	public long mark() {
		return this.mailbox.taken()
				+ ((this.ownership.callerRuns() != null) ? (long) this.ownership.callerRuns().ran() : 0);
	}

	@Override
	public List<GreenThread<?>> threads() {
		return this.lifecycle.threads();
	}

	/**
	 * Shuts the handler down: rejects calls at once, runs those accepted within the time
	 * given, and fails the rest to their callers with a {@link HandlerStoppedException}.
	 * What was left is logged by name, unless a draining scheduler does so for all its
	 * handlers.
	 */
	@Override
	public void stop(Duration grace) throws InterruptedException {
		this.lifecycle.stop(Objects.requireNonNull(grace, "grace"));
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
			stop(this.core.options().timeout());
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
		return this.lifecycle.death();
	}

	/**
	 * Returns what can be seen of the handler now. Stops nobody for it.
	 * @return the snapshot
	 */
	public HandlerSnapshot snapshot() {
		List<HandlerSnapshot.Body> running = new ArrayList<>();
		List<HandlerSnapshot.Edge> waits = new ArrayList<>();
		for (Hold held : this.core.holds()) {
			String thread = held.thread().getName();
			for (Call call : held.bodies()) {
				running.add(new HandlerSnapshot.Body(call.method(), thread, CallReports.age(call)));
			}
			Wait wait = held.waiting();
			if (wait != null && !wait.isOver()) {
				Call body = held.running();
				waits.add(new HandlerSnapshot.Edge((body != null) ? body.method() : null, thread, wait.on().name(),
						wait.call().method()));
			}
		}
		HandlerMethod loop = this.core.loopUnderWay();
		Throwable death = failure();
		return new HandlerSnapshot(name(), state(death), this.mailbox.capacity(), this.mailbox.size(),
				this.gauges.oldestAge(), (loop != null) ? loop.name() : null, running, waits,
				(death != null) ? Failures.describe(death) : null);
	}

	private HandlerSnapshot.State state(@Nullable Throwable death) {
		if (death != null) {
			return HandlerSnapshot.State.DEAD;
		}
		return this.lifecycle.isStopped() ? HandlerSnapshot.State.STOPPED
				: this.lifecycle.isClosing() ? HandlerSnapshot.State.CLOSING : HandlerSnapshot.State.OPEN;
	}

	@Override
	public WorkReport report() {
		return this.lifecycle.report();
	}

	@Override
	public Duration inspection() {
		return this.inspection;
	}

	@Override
	public void inspect() {
		long now = System.nanoTime();
		if (this.watch != null) {
			this.watch.look(now);
		}
		long mark = mark();
		if (mark != this.lastMark || !isIdle()) {
			this.lastMark = mark;
			this.quietSince = now;
		}
		else if (now - this.quietSince >= REST_AFTER) {
			this.lifecycle.rest();
		}
		if (this.mailbox.size() > 0 && this.ownership.running() == null) {
			// A caller whose stack overflowed may have queued its call and not have come
			// to wake anybody. Waking once too often does no harm.
			this.mailbox.wake();
		}
	}

	/** Bodies on the threads of callers or readers need no owner, and may be late. */
	@Override
	public boolean isAtRest() {
		boolean ownersOnly = this.ownership.callerRuns() == null && this.readers == null;
		return (this.watch == null || ownersOnly) && this.lifecycle.isAtRest();
	}

	/**
	 * Returns whether the processing thread waits, or nobody does and nothing is queued.
	 */
	private boolean isIdle() {
		return this.processor.isWaiting() || (this.core.options().processing() == Processing.MANUAL
				&& this.ownership.isFree() && this.mailbox.size() == 0);
	}

	/**
	 * Ends a handler of a {@link HandlerFamily} that is not called any more, if it has
	 * nothing to do: no body runs, and nothing is queued or has its place reserved by a
	 * transaction. Returns at once; the host hears of the end.
	 * @return whether it ends or has ended; {@code false} if it has something to do, and
	 * goes on
	 */
	public boolean retire() {
		return this.lifecycle.retire(false);
	}

	/**
	 * Ends a handler of a {@link HandlerFamily} as {@link #retire} does, but only while
	 * it has no target.
	 * @return whether it ends or has ended; {@code false} also if its target was made
	 * meanwhile
	 */
	public boolean retireUnmade() {
		return this.lifecycle.retire(true);
	}

	/**
	 * Returns whether there is a target, which is always so but in a
	 * {@link HandlerFamily}.
	 * @return whether the target is made
	 */
	public boolean isMade() {
		return this.core.isMade();
	}

	/**
	 * Has another target made for the next call, when the body that runs now has ended.
	 * To be called in a handler of a {@link HandlerFamily} by the thread that runs it, or
	 * that {@linkplain #occupy(CallGate, Duration) occupies} the handler. Calls that wait
	 * keep their places.
	 */
	public void renew() {
		this.lifecycle.renew();
		this.processor.stopProcessing();
		this.lifecycle.wakeResting();
	}

	/**
	 * Returns whether the current thread holds the handler, so that a call from it runs
	 * at once.
	 * @return whether it runs a body of this handler, or makes or ends its target
	 */
	public boolean isHeld() {
		return this.ownership.isMine() || Hold.of(this.core) != null;
	}

	/** Takes no calls any more; returns at once. */
	void beginStop() {
		this.lifecycle.beginStop();
	}

	HandlerGauges gauges() {
		return this.gauges;
	}

	/** Has the owner give its thread back if nothing comes. */
	void rest() {
		this.lifecycle.rest();
	}

	HandlerCore core() {
		return this.core;
	}

	CallSubmitter submitter() {
		return this.submitter;
	}

	@Override
	public String toString() {
		return this.core.toString();
	}

	/** What the parts may ask of each other. */
	private final class Core extends HandlerCore implements OwnerWork {

		Core(HandlerParts parts, CallReports reports, HandlerName name, @Nullable Object target,
				@Nullable HandlerHost host) {
			super(parts, reports, name, target, host);
		}

		@Override
		DrainedService service() {
			return Handler.this;
		}

		@Override
		DeferredCalls calls() {
			return Handler.this.processor;
		}

		@Override
		List<Hold> holds() {
			List<Hold> holds = new ArrayList<>();
			Hold held = Handler.this.ownership.held();
			if (held != null) {
				holds.add(held);
			}
			Readers known = Handler.this.readers;
			if (known != null) {
				known.forEachHeld(holds::add);
			}
			return holds;
		}

		@Override
		boolean awaitsReaders() {
			Readers known = Handler.this.readers;
			return known != null && known.areAwaited();
		}

		@Override
		@Nullable HandlerMethod loopUnderWay() {
			return Handler.this.lifecycle.isInLoop() ? type().loop() : null;
		}

		@Override
		String doing() {
			return Handler.this.lifecycle.isMaking() ? "; the handler's target was being made"
					: Handler.this.ownership.doing();
		}

		@Override
		void runNested(Call call) {
			Handler.this.runner.run(call, Objects.requireNonNull(Hold.of(this)));
		}

		@Override
		OwnerWork work() {
			return this;
		}

		@Override
		public boolean take() {
			return Handler.this.ownership.takeForOwner();
		}

		@Override
		public void serve() {
			Handler.this.processor.serve();
		}

		@Override
		public int turns() {
			return Handler.this.processor.turns();
		}

		@Override
		public boolean isRead() {
			Readers known = Handler.this.readers;
			return known != null && !known.isEmpty();
		}

		@Override
		public void endReading(Consumer<Call> left) {
			Readers known = Handler.this.readers;
			if (known != null) {
				known.end(left);
			}
		}

	}

}
