package io.greenroom.green.worker;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import io.greenroom.green.GreenThread;
import io.greenroom.green.Parking;
import io.greenroom.green.internal.Countdown;
import io.greenroom.green.internal.Engine;
import io.greenroom.green.internal.Idle;
import io.greenroom.green.internal.SchedulerAccess;
import io.greenroom.green.internal.Timing;
import io.greenroom.green.internal.Turn;
import io.greenroom.green.internal.Turns;
import io.greenroom.observe.internal.Failures;
import org.jspecify.annotations.Nullable;

/**
 * Runs the threads of a worker, one step at a time, when asked. A step is what a thread
 * does between two waits.
 *
 * @param <S> the type of a thread in the line
 */
abstract sealed class WorkerEngine<S extends WorkerEngine.Routine> implements Engine, Leader.Stepper
		permits CarrierEngine, BatonEngine {

	/**
	 * What {@link #nanoTime} begins with: not zero, which stands for no time in some
	 * places.
	 */
	private static final long BEGINNING = 1_000_000_000;

	/**
	 * How far time advances in a round in which all threads only yield, in nanoseconds.
	 */
	private static final long YIELD_ROUND_NANOS = 1_000;

	/** How long to wait for a JDK call to end before checking again. */
	private static final long LOOK_AGAIN_MILLIS = 10;

	private final String name;

	private final Consumer<String> onStep;

	final RunQueue<S> queue;

	final RealWaits realWaits = new RealWaits(System::nanoTime);

	/** The threads that have started and not ended, in order; guarded by the set. */
	private final Set<Routine> live = new LinkedHashSet<>();

	/** The failures that have not been thrown yet. */
	private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

	/** The thread that steps at the moment. */
	private final AtomicReference<@Nullable Thread> stepper = new AtomicReference<>();

	/**
	 * The thread that stepped last, and so is expected to go on. Volatile, because
	 * waiting threads read it.
	 */
	private volatile Thread lastStepper = Thread.currentThread();

	/** Set by any thread, cleared when a run begins. */
	private volatile boolean stopped;

	/** Set once, by the thread that closes. */
	private volatile boolean closing;

	/**
	 * Until when it may still be stepped, in {@link System#nanoTime()}; written before
	 * {@code closing}.
	 */
	private volatile long closeBy;

	WorkerEngine(String name, Order<S> order, Consumer<String> onStep) {
		this.name = name;
		Turns.use();
		this.queue = new RunQueue<>(order);
		this.onStep = onStep;
	}

	/** Lets the routine run to its next wait or its end, and those after it if asked. */
	abstract void run(S next, long limit, Pace pace);

	/** Whether steps may follow each other without coming back to the stepper. */
	boolean mayGoOn() {
		return !this.stopped && this.failures.isEmpty() && !isOverdue();
	}

	final String name() {
		return this.name;
	}

	final void announce(S next) {
		this.onStep.accept(next.name());
	}

	/** Adds a step of a thread that lets the others go first. */
	final void addYielded(S step) {
		boolean free = this.realWaits.isEmpty();
		if (this.queue.addYielded(step, free ? YIELD_ROUND_NANOS : 0) && !free) {
			passRound();
		}
	}

	private void passRound() {
		this.queue.skipTo(this.queue.now() + this.realWaits.round(YIELD_ROUND_NANOS));
	}

	/**
	 * Runs one step, and advances the time if no thread is ready.
	 * @param patient whether to wait for what comes in real time although no timer is set
	 */
	final boolean step(boolean patient) {
		enter();
		try {
			boolean stepped = stepOnce(Long.MAX_VALUE, Long.MIN_VALUE, Pace.WORK);
			while (!stepped && mayCome(patient) && awaitJdk(Long.MAX_VALUE, Pace.WORK)) {
				stepped = stepOnce(Long.MAX_VALUE, Long.MIN_VALUE, Pace.WORK);
			}
			throwFailure();
			return stepped;
		}
		finally {
			leave();
		}
	}

	/** Returns whether a step is ready, or is worth waiting for. */
	private boolean mayCome(boolean patient) {
		// In this order, because what ends a wait puts the thread in the line before.
		boolean worthIt = (patient || isHeld()) && !Thread.currentThread().isInterrupted();
		return worthIt || this.queue.hasReady();
	}

	/**
	 * Steps until the time is over or nothing is left to step. The condition, if any, is
	 * checked after each step.
	 */
	final void runUntil(@Nullable BooleanSupplier done, long limit) {
		runUntil(done, limit, (limit == Long.MAX_VALUE) ? Pace.WORK : Pace.TO_LIMIT);
	}

	/** Steps likewise, while the time passes for some timers only. */
	final void runUntil(@Nullable BooleanSupplier done, long limit, Pace pace) {
		enter();
		try {
			long goOnUntil = (done == null) ? limit : Long.MIN_VALUE;
			boolean more = true;
			while (more && isWanted(done) && this.queue.now() < limit) {
				more = stepOnce(limit, goOnUntil, pace) || awaitJdk(limit, pace);
			}
			if (pace == Pace.TO_LIMIT && isWanted(done)) {
				this.queue.skipTo(limit);
				stepDue(done);
			}
			throwFailure();
		}
		finally {
			leave();
		}
	}

	/** Steps what can go on without any time, until the rest has only yielded. */
	private void stepDue(@Nullable BooleanSupplier done) {
		long now = this.queue.now();
		this.queue.still(true);
		try {
			boolean more = true;
			while (more && isWanted(done) && !this.queue.hasOnlyYielded()) {
				more = stepOnce(now, Long.MIN_VALUE, Pace.STILL);
			}
		}
		finally {
			this.queue.still(false);
		}
	}

	private boolean isWanted(@Nullable BooleanSupplier done) {
		return mayGoOn() && !isOverdue() && !Thread.currentThread().isInterrupted()
				&& (done == null || !done.getAsBoolean());
	}

	/**
	 * Returns whether a step goes on that is no longer waited for; then there is no other
	 * step.
	 */
	boolean isAbandoned() {
		return false;
	}

	private boolean stepOnce(long limit, long goOnUntil, Pace pace) {
		if (isAbandoned()) {
			return false;
		}
		this.queue.fireDue();
		S next = this.queue.poll();
		while (next == null) {
			if (!this.queue.skipToTimer(limit, passesFor(pace), this.realWaits.held())) {
				return false;
			}
			this.queue.fireDue();
			next = this.queue.poll();
		}
		run(next, goOnUntil, pace);
		return true;
	}

	/** Returns whether a timer is set that the time does not jump to. */
	private boolean isHeld() {
		return this.queue.isArmed(Pace.WORK.passesFor(false)) && !this.realWaits.held().isEmpty();
	}

	private Set<Timing> passesFor(Pace pace) {
		return pace.passesFor(pace == Pace.FINISH && hasWaiting());
	}

	/**
	 * Waits while a routine is in a JDK call that ends by itself, such as a timed wait;
	 * returns whether there was any. A wait through {@link Parking} is not a timed wait
	 * of the JDK. Time that does not jump meanwhile passes as in reality.
	 */
	private boolean awaitJdk(long limit, Pace pace) {
		if (isAbandoned() || !isWorthWaiting(pace)) {
			return false;
		}
		long begin = System.nanoTime();
		try {
			this.queue.awaitReady(LOOK_AGAIN_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		if (!this.realWaits.held().isEmpty()) {
			this.queue.pass(System.nanoTime() - begin, limit, passesFor(pace));
		}
		return true;
	}

	private boolean isWorthWaiting(Pace pace) {
		// In this order, because what ends a wait puts the thread in the line before.
		boolean awaited = this.realWaits.isWaking()
				|| snapshot().stream().anyMatch((routine) -> isAwaited(routine, pace));
		return awaited || this.queue.hasReady();
	}

	private boolean isAwaited(Routine routine, Pace pace) {
		return !routine.isParked() && !(pace == Pace.TO_LIMIT && this.realWaits.isForWork(routine));
	}

	@Override
	public final void outside(Turn waiting, boolean now) {
		if (now) {
			this.realWaits.beginOwn(waiting, () -> waiting.blocker() instanceof Idle);
		}
		else {
			this.realWaits.end(waiting);
		}
	}

	private void enter() {
		Thread current = Thread.currentThread();
		if (Turns.of(current) instanceof Routine) {
			throw new IllegalStateException("Worker '" + this.name + "' was asked to step by the routine '"
					+ current.getName() + "'; step it from outside, and wait inside a routine");
		}
		checkStepper(current);
		Thread other = this.stepper.compareAndExchange(null, current);
		if (other != null) {
			throw new IllegalStateException("Worker '" + this.name + "' was asked to step by '" + current.getName()
					+ "' while '" + other.getName() + "' steps it; step it from one thread at a time");
		}
		this.lastStepper = current;
		this.stopped = false;
	}

	/** Rejects threads that cannot step. */
	void checkStepper(Thread thread) {
		// Any of them will do.
	}

	private void leave() {
		this.stepper.set(null);
	}

	final @Nullable Thread stepper() {
		return this.stepper.get();
	}

	/** Returns the thread that steps, or else the one that did. */
	final Thread lastStepper() {
		return this.lastStepper;
	}

	/** Returns whether the last run was stopped. */
	final boolean stopped() {
		return this.stopped;
	}

	/** Ends the run after the current step. */
	final void stop() {
		this.stopped = true;
	}

	/** Records a failure, which is thrown to the stepper after the current step. */
	final void fail(Throwable failure) {
		if (!this.closing) {
			this.failures.add(failure);
		}
	}

	/**
	 * Ignores failures from now on, because what ends now was killed, and limits stepping
	 * to the given real time.
	 */
	final void closeWithin(Duration limit) {
		this.closeBy = System.nanoTime() + TimeUnit.NANOSECONDS.convert(limit);
		this.closing = true;
		this.failures.clear();
	}

	final boolean isClosing() {
		return this.closing;
	}

	/** Returns whether the worker was closed and its time is over. */
	final boolean isOverdue() {
		return this.closing && System.nanoTime() - this.closeBy >= 0;
	}

	private void throwFailure() {
		Throwable failure = this.failures.poll();
		if (failure != null) {
			throw Failures.rethrow(failure);
		}
	}

	/**
	 * Returns whether routines are left that do not only wait for work, or that repeat
	 * it.
	 */
	final boolean hasLive() {
		synchronized (this.live) {
			return this.live.stream()
				.anyMatch((routine) -> !isIdle(routine) || routine.blocker() instanceof Idle.BetweenRounds);
		}
	}

	/** Returns whether routines are left that do not only wait for work. */
	final boolean hasWaiting() {
		synchronized (this.live) {
			return this.live.stream().anyMatch((routine) -> !isIdle(routine));
		}
	}

	private static boolean isIdle(Routine routine) {
		return routine.blocker() instanceof Idle && routine.isParked();
	}

	/** Throws if there are routines left that do not only wait for work. */
	final void checkFinished() {
		List<Routine> left = waiting();
		if (!left.isEmpty()) {
			throw stuck(left);
		}
	}

	/**
	 * Throws likewise, unless one has been woken from outside since the last step, and it
	 * may go on.
	 * @return whether one has
	 */
	final boolean isWoken() {
		List<Routine> left = waiting();
		if (left.isEmpty()) {
			return false;
		}
		if (isWanted(null) && (!left.stream().allMatch(Routine::isParked) || this.queue.hasReady())) {
			return true;
		}
		throw stuck(left);
	}

	private List<Routine> waiting() {
		return snapshot().stream().filter((routine) -> !isIdle(routine)).toList();
	}

	/**
	 * Throws if a routine waits that nothing can wake.
	 * @param wanted threads that must not wait for work either
	 */
	final void checkNotStuck(Collection<? extends GreenThread<?>> wanted) {
		if (this.stopped || this.queue.hasReady() || this.queue.isArmed(Pace.WORK.passesFor(false))) {
			return;
		}
		Set<Thread> threads = wanted.stream()
			.map(SchedulerAccess.get()::thread)
			.filter(Objects::nonNull)
			.collect(Collectors.toSet());
		List<Routine> left = snapshot().stream()
			.filter((routine) -> !isIdle(routine) || threads.contains(routine.thread()))
			.toList();
		if (!left.isEmpty() && left.stream().allMatch(Routine::isParked)) {
			throw stuck(left);
		}
	}

	private WorkerStuckException stuck(List<Routine> left) {
		return new WorkerStuckException(this.name, left.stream().map(Routine::thread).toList(), WaitText.of(left));
	}

	/** Describes what each routine waits for, unless it only waits for work. */
	final String waits() {
		return WaitText.of(waiting());
	}

	/** Describes what a thread waits for. */
	final String waits(GreenThread<?> thread) {
		Thread carrier = SchedulerAccess.get().thread(thread);
		return WaitText.of(snapshot().stream().filter((routine) -> routine.thread() == carrier).toList());
	}

	/** Returns whether the thread is none of the worker's routines. */
	final boolean isStranger(Thread thread) {
		return snapshot().stream().noneMatch((routine) -> routine.thread() == thread);
	}

	private List<Routine> snapshot() {
		synchronized (this.live) {
			return new ArrayList<>(this.live);
		}
	}

	@Override
	public final Thread thread(String threadName, Runnable body) {
		return Engine.unstarted(builder(), threadName, () -> {
			try {
				body.run();
			}
			finally {
				end();
			}
		});
	}

	abstract Thread.Builder.OfVirtual builder();

	@Override
	public final void start(Thread thread) {
		S routine = routine(thread);
		Turns.register(thread, routine);
		synchronized (this.live) {
			this.live.add(routine);
		}
		this.queue.add(routine);
	}

	abstract S routine(Thread thread);

	/** Runs on the routine's thread, which has the turn, at its very end. */
	private void end() {
		Thread current = Thread.currentThread();
		Turn routine = Turns.of(current);
		synchronized (this.live) {
			this.live.remove(routine);
		}
		Turns.forget(current);
		ended(routine);
	}

	/** Called on the routine's thread when everything is done. */
	abstract void ended(@Nullable Turn routine);

	@Override
	public final Runnable schedule(long nanos, Timing timing, Runnable action) {
		ClassLoader loader = Thread.currentThread().getContextClassLoader();
		return this.queue.schedule(nanos, timing, () -> runWith(loader, action));
	}

	@Override
	public final Clock clock() {
		return new EngineClock(this, Instant.EPOCH.minusNanos(BEGINNING));
	}

	@Override
	public final void rest(Object blocker, long pause, long left) {
		Turn turn = Turns.current();
		if (turn != null && waitsInTurn(turn)) {
			turn.parkNanos(blocker, Math.min(pause, left), Timing.SLEEP);
			return;
		}
		enter();
		try {
			long now = this.queue.now();
			boolean stepped = false;
			while (this.queue.now() == now && stepOnce(now, Long.MIN_VALUE, Pace.STILL)) {
				stepped = true;
			}
			long until = after(left);
			if (!stepped && !stepOnce(until, Long.MIN_VALUE, Pace.TO_LIMIT) && !awaitJdk(until, Pace.TO_LIMIT)) {
				this.queue.skipTo(until);
			}
		}
		finally {
			leave();
		}
	}

	private static void runWith(@Nullable ClassLoader loader, Runnable action) {
		Thread current = Thread.currentThread();
		ClassLoader before = current.getContextClassLoader();
		current.setContextClassLoader(loader);
		try {
			action.run();
		}
		finally {
			current.setContextClassLoader(before);
		}
	}

	@Override
	public final long nanoTime() {
		return BEGINNING + this.queue.now();
	}

	/** Returns the worker's time after the given nanoseconds. */
	final long after(long nanos) {
		long time = this.queue.now() + nanos;
		return (time < 0) ? Long.MAX_VALUE : time;
	}

	@Override
	public final void checkMayWait(String what, String whose) {
		Thread current = Thread.currentThread();
		if (current == this.lastStepper && Turns.of(current) == null) {
			throw new IllegalStateException("Thread '" + current.getName() + "' would " + what + " '" + whose
					+ "', but it is the one that steps worker '" + this.name
					+ "', so that would never come; wait inside a routine (worker.assign(...), then worker.work()), or call worker.wrap(...); in a test, wait inside DeterministicScheduler.run(...)");
		}
	}

	@Override
	public final boolean awaitEnd(GreenThread<?> thread, long nanos) throws InterruptedException {
		if (waitsInTurn(Turns.current())) {
			return thread.join(Duration.ofNanos(nanos));
		}
		settle(thread::isDone, after(nanos));
		return thread.isDone();
	}

	@Override
	public final void runAll(List<Runnable> jobs, Countdown time) throws InterruptedException {
		Thread waiting = Thread.currentThread();
		AtomicInteger left = new AtomicInteger(jobs.size());
		List<Thread> threads = new ArrayList<>();
		for (Runnable job : jobs) {
			threads.add(thread(this.name + "-service", () -> {
				job.run();
				left.decrementAndGet();
				Parking.unpark(waiting);
			}));
		}
		threads.forEach(this::start);
		if (waitsInTurn(Turns.of(waiting))) {
			awaitAll(left, time);
		}
		else {
			settle(() -> left.get() == 0, after(time.left()));
		}
		threads.stream().filter(Thread::isAlive).forEach(Thread::interrupt);
	}

	private static void awaitAll(AtomicInteger left, Countdown time) throws InterruptedException {
		for (long nanos = time.left(); left.get() > 0 && nanos > 0; nanos = time.left()) {
			Parking.parkNanos(left, nanos);
			if (Thread.interrupted()) {
				throw new InterruptedException();
			}
		}
	}

	/**
	 * Returns whether a thread that waits need not step. The leader of another worker
	 * must, because waiting in its turn it would step that one.
	 */
	private boolean waitsInTurn(@Nullable Turn turn) {
		return turn != null && !(turn instanceof Leader leader && leader.stepper() != this);
	}

	/**
	 * Lets the current thread wait like a routine from now on; returns what ends that.
	 */
	final Lead lead() {
		Thread current = Thread.currentThread();
		Turn before = Turns.of(current);
		if (before instanceof Routine) {
			throw new IllegalStateException("Worker '" + this.name + "' can't be led by the routine '"
					+ current.getName() + "', which waits in its turn anyway");
		}
		checkStepper(current);
		Leader leader = new Leader(this, current);
		Turns.register(current, leader);
		return () -> endLead(current, leader, before);
	}

	private static void endLead(Thread thread, Leader leader, @Nullable Turn before) {
		if (Turns.of(thread) != leader) {
			return;
		}
		if (before != null) {
			Turns.register(thread, before);
		}
		else {
			Turns.forget(thread);
		}
	}

	@Override
	public final void stepUntil(BooleanSupplier done, Pace pace) {
		runUntil(done, Long.MAX_VALUE, pace);
	}

	@Override
	public final int routines() {
		synchronized (this.live) {
			return this.live.size();
		}
	}

	@Override
	public final void yielded() {
		if (!this.queue.hasReady()) {
			passRound();
			this.queue.fireDue();
		}
	}

	@Override
	public final IllegalStateException stuck(Thread waiting) {
		List<Thread> threads = new ArrayList<>(List.of(waiting));
		List<Routine> left = waiting();
		left.forEach((routine) -> threads.add(routine.thread()));
		return new WorkerStuckException(this.name, threads, WaitText.of(waiting) + WaitText.of(left));
	}

	/**
	 * Steps, whatever happens meanwhile, until the condition holds or the time is over.
	 */
	private void settle(BooleanSupplier done, long limit) {
		enter();
		try {
			boolean more = true;
			while (more && !done.getAsBoolean() && this.queue.now() < limit && !isOverdue()) {
				more = stepOnce(limit, Long.MIN_VALUE, Pace.TO_LIMIT) || awaitJdk(limit, Pace.TO_LIMIT);
			}
		}
		finally {
			leave();
		}
	}

	/** The worker has been closed, and is not stepped any more. */
	void release() {
		// Nothing depends on steps.
	}

	@Override
	public final void close() {
		// Killed threads clean up after this, perhaps in time.
	}

	/** A thread of a worker. */
	interface Routine extends Turn {

		Thread thread();

		String name();

		/** Returns whether only {@link Parking#unpark} or an interrupt wakes it. */
		boolean isParked();

	}

}
