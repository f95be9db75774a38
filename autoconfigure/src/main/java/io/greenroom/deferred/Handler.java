package io.greenroom.deferred;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import io.greenroom.green.DrainedService;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.green.WorkReport;
import io.greenroom.observe.Failures;
import io.greenroom.observe.HandlerGauges;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind a {@link Deferred}: a target object, its mailbox, and the green
 * thread that owns it. Users meet the handle; this class is for integrations that
 * intercept calls by their own means, as Greenroom's Spring part does. Safe for use by
 * many threads.
 * <p>
 * The way of a call: {@link Intake} reserves room, pushes the call and waits; the
 * {@link Processor} of the thread that holds the handler takes it, and {@link CallRunner}
 * runs it; its end wakes the caller in {@link CallWait}. {@link Life} says from when to
 * when there is such a thread, {@link Holding} which one it is.
 */
public final class Handler implements DrainedService, AutoCloseable {

	/** How often a watched handler is looked at while its limit goes by. */
	private static final int LOOKS_PER_LIMIT = 4;

	/** How often a handler is looked at that may be busy for as long as it likes. */
	private static final Duration LOOK = Duration.ofSeconds(1);

	/** How long nothing must have happened before a handler gives its thread back. */
	private static final long REST_AFTER = 1_000_000_000;

	private final GreenScheduler scheduler;

	private final HandlerType type;

	private final Object target;

	private final HandlerOptions options;

	private final String name;

	private final Mailbox mailbox;

	/** Nothing where callers never run their own calls. */
	private final @Nullable Loan loan;

	private final Holding holding;

	private final Life life;

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

	private final Intake intake;

	private final CallReports reports;

	private final HandlerGauges gauges;

	/** Set at most once, before the first call; nothing for most handlers. */
	private volatile @Nullable Turnstile turnstile;

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
		this.scheduler = scheduler;
		this.type = type;
		this.target = target;
		this.options = options;
		this.name = options.name().isEmpty() ? type.name() : options.name();
		this.mailbox = (options.overflow() == Overflow.DROP_OLDEST)
				? new DroppingMailbox(options.capacity(), type.hasUrgent(), this::wakeOwner)
				: new Mailbox(options.capacity(), type.hasUrgent(), this::wakeOwner);
		this.loan = lends(options) ? new Loan(this, this.mailbox) : null;
		this.holding = new Holding(this, this.loan);
		this.gauges = gauges(this.mailbox);
		this.reports = new CallReports(this.name, scheduler.observer(), this.gauges);
		Refusals refusals = new Refusals(this.name, options, this.reports);
		this.life = new Life(this, scheduler, options, this.mailbox, this.holding, this.reports, refusals);
		this.runner = new CallRunner(this.life, this.reports);
		this.readers = type.hasReadOnly() ? new Readers(this, this.runner, this.life, options.readers()) : null;
		this.processor = new Processor(this, this.mailbox, this.holding, this.life, this.runner, this.readers,
				this.reports, refusals, this.loan);
		this.watch = options.busyLimit().isPositive()
				? new BusyWatch(this, this.processor, this.reports, options.busyLimit()) : null;
		this.inspection = options.busyLimit().isPositive() ? options.busyLimit().dividedBy(LOOKS_PER_LIMIT) : LOOK;
		this.intake = new Intake(this, transactions, options, this.mailbox, this.holding, this.life, this.reports,
				refusals);
	}

	/**
	 * Where callers drop each other's calls, nobody but the processor knows for certain
	 * that none is queued.
	 */
	private static boolean lends(HandlerOptions options) {
		return options.execution() == Execution.CALLER_WHEN_IDLE && options.overflow() != Overflow.DROP_OLDEST;
	}

	private boolean wakeOwner() {
		return this.life.wakeOwner();
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
		return this.name;
	}

	/**
	 * Returns what is known of the target's class.
	 * @return the type
	 */
	public HandlerType type() {
		return this.type;
	}

	/**
	 * Returns the object whose methods are called, without anything round it.
	 * @return the target
	 */
	public Object target() {
		return this.target;
	}

	/**
	 * Returns the calls that wait.
	 * @return the control object of whoever processes
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
		return new Handle<>(this, HandlerType.of(as), as, entry);
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
		if (this.intake.isEntered()) {
			return invocation.proceed();
		}
		HandlerMethod method = this.type.method(invocation.method());
		if (passes(method)) {
			return invocation.proceed();
		}
		return this.intake.submit(new InvocationCall(this, method, invocation), method, Intake.AS_DECLARED);
	}

	/**
	 * Says who will {@linkplain #start() start} the handler's loop. To be called once,
	 * before anybody calls; without it every call waits for the start till its time is
	 * over.
	 * @param starter whether the loop starts on the given thread, and has not started: a
	 * call from there that waits for the loop would keep it from starting, and is refused
	 * @param remedy where such a call belongs, to end the message of its refusal
	 */
	public void startedBy(Predicate<Thread> starter, String remedy) {
		this.life.startedBy(starter, remedy);
	}

	/**
	 * Starts the owner of a handler with a {@link ProcessingLoop}. Does nothing for
	 * others, whose owner starts with their first call, and when it has started before.
	 */
	public void start() {
		if (this.type.hasLoop()) {
			this.life.startLoop();
		}
	}

	/**
	 * Has a gate decide when calls may run. To be called once, before anybody calls.
	 * @param gate the gate
	 * @throws IllegalStateException if there is one already
	 */
	public void gatedBy(CallGate gate) {
		if (this.turnstile != null) {
			throw new IllegalStateException("Handler '%s' has a gate already".formatted(this.name));
		}
		this.turnstile = new Turnstile(gate, this.mailbox, this.holding, this.life);
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

	/** Gives a handler back that the current thread {@linkplain #occupy() occupies}. */
	public void vacate() {
		gated().vacate();
	}

	/** Says that the answers of the gate have changed. */
	public void gateMoved() {
		gated().moved();
	}

	/**
	 * Returns who decides when calls may run.
	 * @return the gate, {@code null} where there is none
	 */
	public @Nullable CallGate gate() {
		Turnstile known = this.turnstile;
		return (known != null) ? known.gate() : null;
	}

	private Turnstile gated() {
		Turnstile known = this.turnstile;
		if (known == null) {
			throw new IllegalStateException("Handler '%s' has no gate".formatted(this.name));
		}
		return known;
	}

	@Nullable Turnstile turnstile() {
		return this.turnstile;
	}

	/** Returns whether a method is no call, so that the mailbox is passed by. */
	boolean passes(HandlerMethod method) {
		Turnstile known = this.turnstile;
		return known != null && !known.gate().takes(method.method());
	}

	/** Owner: takes the handler; returns whether it has not ended before. */
	boolean takeForOwner() {
		Turnstile known = this.turnstile;
		return (known != null) ? known.take() : this.holding.take(true);
	}

	/** {@inheritDoc} */
	@Override
	public void refuse() {
		this.life.refuse();
	}

	@Override
	public boolean isQuiet() {
		return this.life.isQuiet();
	}

	@Override
	public long mark() {
		return this.mailbox.taken() + ((this.loan != null) ? (long) this.loan.ran() : 0);
	}

	@Override
	public List<GreenThread<?>> threads() {
		return this.life.threads();
	}

	/**
	 * Shuts the handler down: refuses calls at once, runs those accepted within the time
	 * given, and fails the rest to their callers with a {@link HandlerStoppedException}.
	 * What was left is logged by name, unless a draining scheduler does so for all its
	 * handlers.
	 */
	@Override
	public void stop(Duration grace) throws InterruptedException {
		this.life.stop(grace);
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
			stop(this.options.timeout());
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
			// Whoever waits has been told before.
		}
	}

	/**
	 * Returns what the handler died of, for reports on its health.
	 * @return what ended its loop for good; {@code null} while it is alive, and when it
	 * was shut down
	 */
	public @Nullable Throwable failure() {
		return this.life.death();
	}

	/**
	 * Returns what can be seen of the handler now. Stops nobody for it.
	 * @return the snapshot
	 */
	public HandlerSnapshot snapshot() {
		List<HandlerSnapshot.Body> running = new ArrayList<>();
		List<HandlerSnapshot.Edge> waits = new ArrayList<>();
		for (Held held : holds()) {
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
		HandlerMethod loop = loopUnderWay();
		Throwable death = failure();
		return new HandlerSnapshot(this.name, state(death), this.mailbox.capacity(), this.mailbox.size(),
				this.gauges.oldestAge(), (loop != null) ? loop.name() : null, running, waits,
				(death != null) ? Failures.describe(death) : null);
	}

	private HandlerSnapshot.State state(@Nullable Throwable death) {
		if (death != null) {
			return HandlerSnapshot.State.DEAD;
		}
		return this.life.isStopped() ? HandlerSnapshot.State.STOPPED
				: this.life.isClosing() ? HandlerSnapshot.State.CLOSING : HandlerSnapshot.State.OPEN;
	}

	@Override
	public WorkReport report() {
		return this.life.report();
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
			this.life.rest();
		}
		if (this.mailbox.size() > 0 && this.holding.running() == null) {
			// A caller whose stack overflowed may have queued its call and not have come
			// to wake anybody. Waking once too often does no harm.
			this.mailbox.wake();
		}
	}

	/** Bodies on the threads of callers or readers need no owner, and may be late. */
	@Override
	public boolean isAtRest() {
		boolean ownersOnly = this.loan == null && this.readers == null;
		return (this.watch == null || ownersOnly) && this.life.isAtRest();
	}

	/** Returns whether whoever processes waits, or nobody does and nothing is queued. */
	private boolean isIdle() {
		return this.processor.isWaiting() || (this.options.processing() == Processing.MANUAL && this.holding.isFree()
				&& this.mailbox.size() == 0);
	}

	/** Has the owner give its thread back if nothing comes. */
	void rest() {
		this.life.rest();
	}

	@Nullable HandlerMethod loopUnderWay() {
		return this.life.isInLoop() ? this.type.loop() : null;
	}

	GreenScheduler scheduler() {
		return this.scheduler;
	}

	@Nullable Loan loan() {
		return this.loan;
	}

	CallRunner runner() {
		return this.runner;
	}

	Processor processor() {
		return this.processor;
	}

	Intake intake() {
		return this.intake;
	}

	@Nullable Readers readers() {
		return this.readers;
	}

	/** Returns all holds that a call which has not begun may have to wait for. */
	List<Held> holds() {
		List<Held> holds = new ArrayList<>();
		Held held = this.holding.held();
		if (held != null) {
			holds.add(held);
		}
		if (this.readers != null) {
			this.readers.forEachHeld(holds::add);
		}
		return holds;
	}

	String doing() {
		return this.holding.doing();
	}

	/**
	 * Runs a call of this handler on a thread that holds it and waits for something else.
	 */
	void runNested(Call call) {
		this.runner.run(call, Objects.requireNonNull(Held.of(this)));
	}

	/** Returns whether the processor goes on only when bodies that read have ended. */
	boolean awaitsReaders() {
		return this.readers != null && this.readers.areAwaited();
	}

	boolean isReentrant() {
		return this.options.reentrant();
	}

	void refusedAsDeadlock(Call call) {
		this.reports.rejected(call, "deadlock");
	}

	@Override
	public String toString() {
		return "Handler[" + this.name + "]";
	}

	/** Returns how long a call waits where its caller says nothing. */
	long timeoutNanos() {
		return nanos(this.options.timeout());
	}

	/** Returns the length in nanoseconds; half of the largest number, if it is longer. */
	static long nanos(Duration length) {
		return Math.min(TimeUnit.NANOSECONDS.convert(length), Long.MAX_VALUE / 2);
	}

}
