package io.greenroom.deferred.internal;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

import io.greenroom.deferred.Processing;
import io.greenroom.green.GreenThread;
import io.greenroom.green.SchedulerClosedException;
import io.greenroom.green.WorkReport;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.ForeignCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A handler's way from its first call to its end, and the green thread that owns it
 * meanwhile.
 * <p>
 * An open handler takes all calls. One that rejects takes those from inside only, because
 * accepted work elsewhere may need it. One that closes takes none and runs what it has.
 * One that has ended runs nothing: all waiting threads are told. It only ever moves on in
 * this order.
 * <p>
 * A handler that is not called for a while gives its thread back: most of what an idle
 * handler weighs is that thread's stack. The next call starts another.
 */
final class HandlerLifecycle implements Making.CallEnds {

	private static final Logger log = LoggerFactory.getLogger(HandlerLog.NAME);

	/** When to look again at what a wait for the end waits for; then ever later. */
	private static final Duration FIRST_LOOK = Duration.ofMillis(50);

	private static final Duration LAST_LOOK = Duration.ofSeconds(1);

	/** How long a killed owner gets to tell the caller of a call it did not begin. */
	private static final Duration LAST_WORDS = Duration.ofSeconds(1);

	/**
	 * How long a drain waits for somebody to process a handler that nobody processes, in
	 * nanoseconds: a loop of the user's may do something else between two processings.
	 */
	private static final long PATIENCE = 1_000_000_000;

	/** How many turns an owner gets to go to sleep. */
	private static final int MOMENTS = 100;

	private enum Phase {

		OPEN, REJECTING, CLOSING, ENDED

	}

	private final HandlerCore handler;

	private final Mailbox mailbox;

	private final Ownership ownership;

	/** Nothing where the handler's class has no loop. */
	private final @Nullable UserLoop loop;

	/** Nothing where the target came with the handler. */
	private final @Nullable Making making;

	/**
	 * Of the thread that made the handler: the owner's, or the first caller's. A thread
	 * of the common pool for one would bring the wrong one.
	 */
	private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

	/** Written under this. */
	private volatile Phase phase = Phase.OPEN;

	/**
	 * Whether a call from anywhere may simply be queued: in short for the way of a call
	 * what the other fields say. Written under this.
	 */
	private volatile boolean open;

	/** Whether the scheduler knows the handler; guarded by this. */
	private boolean attached;

	/** Whether the scheduler drains, and will report; guarded by this. */
	private boolean drained;

	/** Guarded by this. */
	private @Nullable GreenThread<Void> owner;

	/** Whether the owner may give its thread back when it next finds nothing to do. */
	private volatile boolean resting;

	/** Whether the target is not to be used any more; written by the holder. */
	private volatile boolean spent;

	/** How often the handler had been processed at the last look; guarded by this. */
	private int turnsSeen = -1;

	/** Since when nobody has processed it, as far as was seen; guarded by this. */
	private long desertedSince;

	/** Made when the first call is rejected; written under this. */
	private volatile @Nullable WorkCounter counter;

	/** Whether the scheduler keeps the handler alive no longer; guarded by this. */
	private boolean released;

	/** What the owner died of. Written under this, before the phase says so. */
	private @Nullable Throwable death;

	HandlerLifecycle(HandlerCore handler, Mailbox mailbox, Ownership ownership) {
		this.handler = handler;
		this.mailbox = mailbox;
		this.ownership = ownership;
		HandlerHost host = handler.host();
		HandlerMethod method = handler.type().loop();
		this.loop = (method != null) ? new UserLoop(handler, method, mailbox, this::isClosing) : null;
		this.making = (host != null) ? new Making(handler, host, mailbox, () -> ownership.gatedBy(null)) : null;
	}

	boolean isOpen() {
		return this.open;
	}

	/** Returns whether a loop should come to its end. */
	boolean isClosing() {
		return this.phase != Phase.OPEN;
	}

	/** Returns whether the handler ends as soon as nothing is left to run. */
	boolean endsWhenEmpty() {
		return this.phase.compareTo(Phase.CLOSING) >= 0;
	}

	/** Returns whether the owner should see what is to be done when nothing is left. */
	boolean pausesWhenEmpty() {
		return this.resting || endsWhenEmpty();
	}

	/** Has the owner give its thread back if nothing comes. Anybody may ask for it. */
	void rest() {
		if (this.handler.options().processing() == Processing.MANUAL) {
			restUnattended();
		}
		else if (this.loop == null) {
			this.resting = true;
			this.mailbox.wake();
		}
	}

	/** Without an owner there is no thread to give back. */
	private synchronized void restUnattended() {
		if (this.attached && !this.released && this.phase == Phase.OPEN && this.ownership.isFree()
				&& this.mailbox.leaveUnused()) {
			release();
		}
	}

	/**
	 * A handler at rest lives as long as somebody refers to it. In a drain it stays, for
	 * the sake of its report. Called under the lock.
	 */
	private void release() {
		if (!this.drained) {
			this.released = true;
			this.handler.release();
		}
	}

	/**
	 * The scheduler keeps the handler alive again, and looks at it. Called under the
	 * lock.
	 */
	private void retain() {
		this.released = false;
		this.handler.retain();
	}

	/** Owner: gives its thread back, unless something has come. */
	private synchronized boolean rests() {
		this.resting = false;
		// A thread that reads may be late, which is looked at with the owner only.
		if (endsWhenEmpty() || this.handler.work().isRead() || !this.mailbox.leaveUnattended()) {
			return false;
		}
		if (this.ownership.gateControl() != null) {
			// For the target itself may want it meanwhile.
			this.ownership.release();
		}
		else {
			this.ownership.rest();
		}
		this.owner = null;
		release();
		if (this.making != null) {
			this.making.host().rested();
		}
		return true;
	}

	/** Returns whether the owner has given its thread back, and nothing wakes it yet. */
	synchronized boolean isAtRest() {
		return this.attached && this.owner == null && this.handler.options().processing() == Processing.OWNER
				&& this.mailbox.size() == 0;
	}

	/**
	 * Starts another thread for an owner that rests; returns whether there is one. Throws
	 * what kept it from starting, unless that is the end of the scheduler.
	 */
	synchronized boolean wakeOwner() {
		if (endsWhenEmpty()) {
			return false;
		}
		try {
			begin(true);
			return true;
		}
		catch (SchedulerClosedException rejected) {
			return false;
		}
	}

	boolean isStopped() {
		return this.phase == Phase.ENDED;
	}

	@Nullable Throwable death() {
		return (this.phase == Phase.ENDED) ? this.death : null;
	}

	/** Lets a call in that came while the handler was not simply open, or rejects it. */
	void admit(Call call) {
		if (isRejecting()) {
			throw this.handler.rejections().stopped(call, death());
		}
		boolean canServe = this.loop == null || this.loop.isStarted();
		if (this.loop != null && !canServe) {
			if (isClosing()) {
				// Nobody starts a loop any more.
				throw this.handler.rejections().stopped(call, null);
			}
			this.loop.rejectFromStarter(call);
		}
		try {
			begin(canServe);
		}
		catch (SchedulerClosedException closed) {
			throw this.handler.rejections().stopped(call, null);
		}
		catch (OutOfMemoryError rejected) {
			throw this.handler.rejections().notStarted(call, rejected);
		}
	}

	/** Returns whether the current thread's calls are not taken any more. */
	boolean isRejecting() {
		Phase now = this.phase;
		return now != Phase.OPEN && !(now == Phase.REJECTING && isInside());
	}

	/** Bodies of other handlers and the scheduler's green threads are accepted work. */
	private boolean isInside() {
		Hold held = Hold.current();
		return (held != null && held.handler().scheduler() == this.handler.scheduler())
				|| this.handler.scheduler().isInside();
	}

	/** Starts the owner of a handler that has a loop. */
	void startLoop() {
		if (this.loop == null) {
			return;
		}
		this.loop.start();
		try {
			begin(true);
		}
		catch (SchedulerClosedException closed) {
			end(null);
		}
		catch (Throwable rejected) {
			Failures.log(log, Level.ERROR, rejected,
					"The processing loop of handler '{}' could not be started; the next call tries again",
					this.handler.name());
		}
	}

	private synchronized void begin(boolean withOwner) {
		if (this.phase == Phase.ENDED) {
			return;
		}
		boolean first = !this.attached;
		if (first) {
			this.handler.attach();
			this.attached = true;
		}
		boolean owned = (this.handler.options().processing() == Processing.OWNER);
		if (owned && withOwner && this.owner == null) {
			startOwner(first);
		}
		if (!owned || this.owner != null) {
			retain();
			this.mailbox.attended();
			this.open = (this.phase == Phase.OPEN);
		}
	}

	/** Called under the lock. */
	private void startOwner(boolean first) {
		try {
			this.owner = this.handler.scheduler().spawnDetached("handler-" + this.handler.name(), this::own);
		}
		finally {
			if (this.owner == null && first) {
				// Nothing else would ever let go of it, if nobody calls again.
				this.attached = false;
				this.handler.detach();
			}
		}
	}

	/** The owner's whole life. */
	private void own() {
		Thread.currentThread().setContextClassLoader(this.classLoader);
		if (!this.handler.work().take()) {
			return;
		}
		boolean rests = false;
		try {
			if (this.loop != null) {
				this.loop.run();
				closeUnlessRejecting();
			}
			do {
				// Returns when nothing is left to run at the end; a stray interrupt or
				// stop means nothing here.
				unmakeSpent();
				if (this.making == null || this.making.isMade()) {
					this.handler.work().serve();
				}
				else {
					serveUnmade(this.making);
				}
				Thread.interrupted();
				unmakeSpent();
				rests = this.resting && rests();
				if (rests) {
					return;
				}
			}
			while (!isStopped() && !(endsWhenEmpty() && this.mailbox.closeIfEmpty()));
			end(null);
		}
		catch (Throwable failure) {
			end(failure);
			Failures.log(log, Level.ERROR, failure,
					"The processing loop of handler '{}' died; its callers are told: {}", this.handler.name(),
					report().leftByName());
		}
		finally {
			if (!rests && this.ownership.isMine()) {
				tellEnded();
				this.ownership.release();
			}
		}
	}

	/** Holder: has another target made for the next call. */
	void renew() {
		if (this.making == null) {
			throw new IllegalStateException(
					"%s is of no family, so nobody makes another target".formatted(this.handler.name()));
		}
		this.spent = true;
	}

	/** Has a target that is not to be used any more gone, though nobody calls. */
	synchronized void wakeResting() {
		if (this.attached && this.owner == null) {
			wakeOwner();
		}
	}

	/** Returns whether there is no target, or none that may still be used. */
	boolean isUnmade() {
		return !this.handler.isMade() || this.spent;
	}

	/** Returns whether the handler neither ends nor is about to. */
	synchronized boolean isStaying() {
		return !endsWhenEmpty();
	}

	/** Owner: lets go of a target that is not to be used any more. */
	private void unmakeSpent() {
		if (this.spent && this.making != null) {
			this.spent = false;
			this.making.unmake();
			// Unless somebody calls, nothing keeps it here.
			this.resting = true;
		}
	}

	/** Owner: has the target made if there is a call for it. */
	private void serveUnmade(Making target) {
		this.mailbox.attend(Thread.currentThread());
		if (!this.mailbox.isEmpty() && !isStopped()) {
			// Nobody may come again if that fails.
			this.resting |= !target.make(this);
		}
		else if (!pausesWhenEmpty()) {
			// Whoever has its place reserved may come when its transaction ends.
			this.mailbox.sleep(Long.MAX_VALUE);
		}
	}

	/** Owner: the handler has ended, and its target is not needed any more. */
	private void tellEnded() {
		if (this.making != null && isStopped()) {
			ForeignCode.run(log, "The end of a handler's target", this.making.host()::ended);
		}
	}

	/**
	 * Ends the handler if it has nothing to do; returns whether it ends.
	 * @param unmade whether it goes on if it has a target
	 */
	boolean retire(boolean unmade) {
		Making target = this.making;
		if (target == null) {
			throw new IllegalStateException(
					"%s is of no family, so nobody makes another; close it".formatted(this.handler.name()));
		}
		awaitSleep();
		synchronized (this) {
			// One that has nothing to lose goes in a shutdown too.
			boolean stays = this.phase != Phase.OPEN && target.isMade();
			if (stays || this.phase == Phase.ENDED || !isIdle() || (unmade && target.isMade())) {
				return this.phase == Phase.ENDED;
			}
			moveTo(Phase.CLOSING);
			if (this.owner != null || (target.isMade() && hasLastOwner())) {
				return true;
			}
		}
		end(null);
		tellEnded();
		return true;
	}

	/** An owner that has just run its last call needs a moment to see that. */
	private void awaitSleep() {
		for (int i = 0; i < MOMENTS && isAboutToSleep(); i++) {
			Thread.yield();
		}
	}

	private boolean isAboutToSleep() {
		return !this.mailbox.isSlept() && this.mailbox.size() == 0 && this.ownership.running() == null
				&& this.ownership.gateControl() == null && owner() != null;
	}

	/**
	 * Returns whether nothing runs, is queued or has its place. Called under the lock.
	 */
	private boolean isIdle() {
		GateControl gate = this.ownership.gateControl();
		if (this.mailbox.size() > 0 || this.ownership.running() != null || this.handler.work().isRead()
				|| (gate != null && (this.ownership.isOccupied() || !gate.isOpen()))) {
			return false;
		}
		return (this.owner != null) ? this.mailbox.isSlept() : (gate == null || this.ownership.isFree());
	}

	/** Starts the thread on which a handler at rest ends. Called under the lock. */
	private boolean hasLastOwner() {
		try {
			startOwner(false);
			this.mailbox.attended();
			return true;
		}
		catch (SchedulerClosedException | OutOfMemoryError none) {
			return false;
		}
	}

	/** Takes no calls any more, and runs those there are. */
	void beginStop() {
		moveTo(Phase.CLOSING);
	}

	/** Returns whether the target is being made. */
	boolean isMaking() {
		return this.making != null && this.making.isUnderWay();
	}

	/** Owner: the loop has come to its end by itself. */
	private void closeUnlessRejecting() {
		if (this.phase == Phase.OPEN) {
			moveTo(Phase.CLOSING);
		}
	}

	/** Says who starts the loop, if there is one. */
	void startedBy(Predicate<Thread> starter, String remedy) {
		if (this.loop != null) {
			this.loop.startedBy(starter, remedy);
		}
	}

	/** Returns whether nothing is served before the current thread starts the loop. */
	boolean waitsForCaller() {
		return this.loop != null && this.loop.waitsForCaller();
	}

	/** Returns the user's loop, {@code null} where there is none. */
	@Nullable UserLoop loop() {
		return this.loop;
	}

	/** Rejects calls from outside, because the scheduler drains. */
	void reject() {
		synchronized (this) {
			this.drained = true;
			retain();
		}
		this.handler.rejections().drained();
		moveTo(Phase.REJECTING);
		// Most have nothing to do any more, and a hundred thousand of them would need
		// their threads' memory for their shutdown.
		rest();
	}

	private void moveTo(Phase next) {
		synchronized (this) {
			if (this.counter == null) {
				this.counter = new WorkCounter();
			}
			if (this.phase.compareTo(next) < 0) {
				this.phase = next;
			}
			this.open = false;
		}
		this.mailbox.wake();
		// Their calls are not accepted yet, and are told now rather than at the end.
		this.mailbox.wakeWaiting();
	}

	/** Takes no calls any more, runs those there are within the grace, and ends. */
	void stop(Duration grace) throws InterruptedException {
		moveTo(Phase.CLOSING);
		GreenThread<Void> thread = owner();
		boolean news = !isStopped();
		// What did not end when it was stopped has had its time: a bean is destroyed
		// after
		// the drain of its scheduler.
		if (isInOwnBody() || (thread != null && hasEnded(thread, news ? grace : Duration.ZERO))) {
			return;
		}
		end(null);
		leaveRunning();
		if (thread != null) {
			thread.kill();
			awaitLastWords(thread);
		}
		logLeft(grace, news);
	}

	/**
	 * A body that stops its own handler, a read-only one or one further down the chain of
	 * calls too, sees the end when it has returned.
	 */
	private boolean isInOwnBody() {
		return this.ownership.isMine() || Hold.of(this.handler) != null
				|| (Hold.current() != null && WaitGraph.isWaitedForBy(this.handler, Thread.currentThread()));
	}

	/**
	 * Waits for the owner's end. Looks now and then whether that waits for this: a caller
	 * says that it waits a moment after its call may have begun.
	 */
	private boolean hasEnded(GreenThread<Void> thread, Duration grace) throws InterruptedException {
		Duration left = grace;
		Duration pause = FIRST_LOOK;
		while (true) {
			Duration now = (left.compareTo(pause) < 0) ? left : pause;
			if (thread.join(now) || isInOwnBody()) {
				return true;
			}
			left = left.minus(now);
			if (!left.isPositive()) {
				return false;
			}
			pause = (pause.compareTo(LAST_LOOK) < 0) ? pause.multipliedBy(2) : LAST_LOOK;
		}
	}

	/**
	 * An owner that runs no body may have taken a call out that it did not begin; it
	 * tells that call's caller, and counts it, before it ends.
	 */
	private void awaitLastWords(GreenThread<Void> thread) throws InterruptedException {
		if (this.ownership.running() == null) {
			thread.join(LAST_WORDS);
		}
	}

	private synchronized @Nullable GreenThread<Void> owner() {
		return this.owner;
	}

	private synchronized void logLeft(Duration grace, boolean news) {
		WorkReport report = report();
		if (news && !this.drained && !report.left().isEmpty()) {
			log.warn("Handler '{}' was stopped after {} with {} calls left, whose callers were told: {}",
					this.handler.name(), grace, report.left().size(), report.leftByName());
		}
	}

	/** Nothing runs any more, and all waiting threads are told. */
	private void end(@Nullable Throwable reason) {
		boolean reported;
		moveTo(Phase.CLOSING);
		synchronized (this) {
			if (this.phase != Phase.ENDED) {
				this.death = reason;
				this.phase = Phase.ENDED;
			}
			reported = this.drained;
		}
		leaveQueued();
		this.ownership.wakeWaiting();
		if (!reported) {
			this.handler.detach();
		}
	}

	/**
	 * Tells the callers of all that is queued. Called by the thread that ends the
	 * handler, and again by a processor that finds it ended: it may have been between
	 * taking calls out of the mailbox and putting them into its line.
	 */
	void leaveQueued() {
		this.mailbox.close(this::leave);
	}

	/** Tells a call's caller that it is not run any more. */
	void leave(Call call) {
		if (call.fail(this.handler.rejections().notRun(call, death()))) {
			this.handler.reports().leftOver(call);
			left(call, "");
		}
		else {
			passed(call);
		}
	}

	private void leaveRunning() {
		this.handler.holds().forEach((held) -> held.bodies().forEach(this::leaveRunning));
		this.handler.work().endReading((call) -> {
			// One that has a thread already may not have begun.
			leave(call);
			leaveRunning(call);
		});
	}

	private void leaveRunning(Call call) {
		if (call.tell(this.handler.rejections().leftRunning(call))) {
			left(call, " (running)");
		}
	}

	private void left(Call call, String how) {
		WorkCounter counts = this.counter;
		if (counts != null) {
			counts.left(this.handler.name() + "." + call.method() + how);
		}
	}

	/** Returns whether it matters to a shutdown what becomes of calls. */
	boolean isCounting() {
		return this.counter != null;
	}

	/** A body has ended, and its call was waited for by the handler at least. */
	@Override
	public void ran() {
		WorkCounter counts = this.counter;
		if (counts != null) {
			counts.ran();
		}
	}

	/** A call that is over already was passed by. */
	@Override
	public void passed(Call call) {
		WorkCounter counts = this.counter;
		if (counts != null && call.countAsWithdrawn()) {
			counts.withdrawn();
		}
	}

	boolean isQuiet() {
		if (isStopped()) {
			// What was left has been told, and nothing begins any more.
			return this.ownership.running() == null;
		}
		if (owner() == null && this.handler.options().processing() == Processing.OWNER) {
			// A loop that has not been started is not going to be. An owner that rests is
			// woken by a call whose room is reserved.
			return this.loop != null
					|| (this.mailbox.size() == 0 && (this.ownership.gateControl() == null || this.ownership.isFree()));
		}
		if (isDeserted()) {
			// What is queued is told when the handler is stopped, which is next.
			return true;
		}
		// The room first: a call gives it back after it has been counted among the
		// taken.
		return this.mailbox.size() == 0 && (this.loop == null || !this.loop.isUnderWay())
				&& !this.handler.work().isRead()
				&& (this.ownership.isFree() || (this.mailbox.isSlept() && this.ownership.running() == null));
	}

	/**
	 * Returns whether nobody has processed for a while what only a user's thread does.
	 */
	private boolean isDeserted() {
		if (this.handler.options().processing() != Processing.MANUAL) {
			return false;
		}
		int turns = this.handler.work().turns();
		boolean free = this.ownership.isFree();
		long now = System.nanoTime();
		synchronized (this) {
			if (!free || turns != this.turnsSeen) {
				this.turnsSeen = turns;
				this.desertedSince = now;
			}
			return free && now - this.desertedSince >= PATIENCE;
		}
	}

	List<GreenThread<?>> threads() {
		GreenThread<Void> thread = owner();
		return (thread != null) ? List.of(thread) : List.of();
	}

	WorkReport report() {
		WorkCounter counts = this.counter;
		return (counts != null) ? counts.report() : new WorkReport(0, 0, List.of());
	}

}
