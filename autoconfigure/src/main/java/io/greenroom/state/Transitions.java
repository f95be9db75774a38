package io.greenroom.state;

import java.lang.invoke.MethodHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import io.greenroom.green.GreenThreadKilledException;
import io.greenroom.green.SchedulerClosedException;
import io.greenroom.observe.Failures;
import io.greenroom.observe.ForeignCode;
import io.greenroom.observe.StackRoom;
import io.greenroom.state.StateMachine.Status;
import io.greenroom.state.internal.StateCalls;
import io.greenroom.state.internal.StateObject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The one place where an object's states change. A move goes
 * <ol>
 * <li>claim: wait until no other move is under way, check the table;</li>
 * <li>onStart, on the thread that asks;</li>
 * <li>a running body makes way: its own call unwinds it, anybody else's interrupts
 * it;</li>
 * <li>commit: when the old body has ended, change the state;</li>
 * <li>announce: tell the listeners, let others move again;</li>
 * <li>the new body begins: on the thread of the old one, or, if none ran, on a new
 * one.</li>
 * </ol>
 * No code of the user runs under the lock.
 */
final class Transitions implements StateCalls, WaitCircle.Held {

	private static final Logger log = LoggerFactory.getLogger(StateMachine.class);

	private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

	/** Linked before anything is claimed; static, as no timer may know its machine. */
	private static final Consumer<Move> ABANDONED = Transitions::abandoned;

	private static final Consumer<StateActivation> TIME_IS_OVER = Transitions::timeIsOver;

	private final StateMachines machines;

	private final Machine machine;

	private final StateTable table;

	/** How bodies are entered, null for straight; a body reads it once. */
	private volatile @Nullable StateEntry entry;

	/** Holds the lock too. */
	private final Position position;

	/** The move under way. Guarded by the lock. */
	private @Nullable Move move;

	Transitions(StateMachines machines, Machine machine, Position position, @Nullable StateEntry entry) {
		this.machines = machines;
		this.machine = machine;
		this.table = machine.type().table();
		this.position = position;
		this.entry = entry;
	}

	/**
	 * Links what a move needs, while there is a stack to do it on: a class whose
	 * initialisation overflows is broken for ever.
	 */
	static void prepare() {
		Objects.requireNonNull(ABANDONED);
		Objects.requireNonNull(TIME_IS_OVER);
	}

	Machine machine() {
		return this.machine;
	}

	/** Returns whether a move is under way. Called under the lock. */
	boolean isMoving() {
		return this.move != null;
	}

	/**
	 * Returns whether a move is under way that leads to a stay. Called under the lock.
	 */
	boolean isMovingTo(StateActivation next) {
		return this.move != null && this.move.next == next;
	}

	void enterBy(@Nullable StateEntry framework) {
		this.entry = framework;
	}

	// What the enhanced methods call

	@Override
	public StateCalls copy(StateObject object) {
		return this.machines.machine(this.machine.type(), object, null).transitions();
	}

	@Override
	public boolean enter(int state) {
		StateActivation current = this.position.run();
		if (current == null || !current.isOnBodyThread() || !current.enter(state)) {
			return false;
		}
		StateBoundary boundary = this.machines.boundary();
		if (boundary != null) {
			current.begun(beginIn(boundary));
		}
		return true;
	}

	private @Nullable Object beginIn(StateBoundary boundary) {
		try {
			return boundary.begin();
		}
		catch (Throwable failure) {
			Failures.log(log, Level.WARN, failure, "The boundary of states failed and was passed over as {} began",
					this.machine.name());
			return null;
		}
	}

	@Override
	public void leave(@Nullable Throwable thrown) {
		StateActivation current = Objects.requireNonNull(this.position.run());
		current.leave();
		if (thrown == null) {
			return;
		}
		if (!current.isUnwoundBy(thrown)) {
			Transitions.<RuntimeException>rethrow(thrown);
		}
		for (Throwable hidden : thrown.getSuppressed()) {
			Failures.log(log, Level.WARN, hidden, "{} left '{}', and the clean-up of its body failed",
					this.machine.name(), current.state());
		}
	}

	@SuppressWarnings("unchecked")
	static <X extends Throwable> void rethrow(Throwable thrown) throws X {
		throw (X) thrown;
	}

	@Override
	public void move(int state, @Nullable Object[] args) {
		StackRoom.check();
		StateSpec to = this.table.state(state);
		StateActivation current = this.position.run();
		if (current != null && current.isOnBodyThread()) {
			if (current.isVisited()) {
				moveFromVisitor(current, to, args);
				return;
			}
			throw moveFromBody(current, to, args);
		}
		StateBoundary boundary = this.machines.boundary();
		if (boundary != null) {
			boundary.outside(this.machine, to.name());
		}
		moveFromOutside(to, args, null);
	}

	// The body asks

	private Unwinding moveFromBody(StateActivation current, StateSpec to, @Nullable Object[] args) {
		rejectInside(current, to);
		askFromBody(current, to, args);
		return current.unwind();
	}

	/**
	 * Returns whether the machine will move when the body has ended, {@code null} if it
	 * has to make way already.
	 */
	private @Nullable Boolean askFromBody(StateActivation current, StateSpec to, @Nullable Object[] args) {
		// Stable where it is part of this thread; another's is compared only.
		Move outer = this.move;
		try {
			Move mine = claimFromBody(current, to, args);
			return (mine != null) ? (Boolean) runOwnStart(mine) : null;
		}
		catch (Throwable failure) {
			releaseUnless(outer, failure);
			throw failure;
		}
	}

	/**
	 * Rejects to unwind through what would take that for a failure. A visitor is not
	 * unwound itself.
	 */
	private void rejectInside(StateActivation current, StateSpec to) {
		StateBoundary boundary = this.machines.boundary();
		if (boundary == null) {
			return;
		}
		BoundaryCheck wayOut = new BoundaryCheck(boundary, current.state(), Transitions.class);
		String obstacle = current.isVisited() ? wayOut.obstacleOfVisit() : wayOut.obstacle(current.begun());
		if (obstacle != null) {
			throw new IllegalStateException(
					"%s can't leave '%s' for '%s' inside %s, which would take the end of the body for a failure; move after the call returns"
						.formatted(this.machine.name(), current.state(), to.name(), obstacle));
		}
	}

	/** Returns whether the machine will move when the body has ended. */
	private boolean runOwnStart(Move mine) {
		if (mine.next.spec().onStart() == null) {
			// Waits for the body's end since it was claimed.
			return true;
		}
		runOnStart(mine);
		this.position.lock();
		try {
			if (mine.cancelled) {
				release();
				return false;
			}
			awaitOwnEnd(mine);
			return true;
		}
		finally {
			this.position.unlock();
		}
	}

	/** Called under the lock. */
	private void awaitOwnEnd(Move mine) {
		mine.await();
		this.position.signal();
	}

	// What a body has let in asks, on the body's thread

	/**
	 * Runs something on a body's thread that is no part of the body: the moves it asks
	 * for return to it, and an interrupt of the body comes after it. On any other thread,
	 * simply runs it.
	 */
	void visit(Runnable visitor) {
		StackRoom.check();
		StateActivation current = this.position.run();
		if (current == null || !current.isOnBodyThread()) {
			visitor.run();
			return;
		}
		beginVisit(current);
		try {
			visitor.run();
		}
		finally {
			endVisit(current);
		}
	}

	private void beginVisit(StateActivation current) {
		this.position.lock();
		try {
			current.beginVisit();
		}
		finally {
			this.position.unlock();
		}
	}

	private void endVisit(StateActivation current) {
		this.position.lock();
		try {
			current.endVisit();
		}
		finally {
			this.position.unlock();
		}
	}

	/** Ends the body, if this is one, that a visitor has moved the machine away from. */
	void followVisitor() {
		StateActivation current = this.position.run();
		if (current != null && current.isOnBodyThread() && !current.isVisited() && current.isMovedByVisitor()) {
			throw current.unwind();
		}
	}

	private void moveFromVisitor(StateActivation current, StateSpec to, @Nullable Object[] args) {
		rejectInside(current, to);
		StateBoundary boundary = this.machines.boundary();
		if (boundary != null && boundary.obstacle(current.begun()) != null) {
			// The visitor's own, which ends before the body does.
			boundary.outside(this.machine, to.name());
		}
		Boolean moves = askFromBody(current, to, args);
		if (moves == null) {
			rejectSecondMove(current, to);
			return;
		}
		if (!moves) {
			throw IllegalTransitionException.endedMeanwhile(this.machine.name(), current.state(), to.name(),
					Status.STOPPED);
		}
		current.movedByVisitor();
	}

	/** A repeated move while one is pending is not a second one; another is rejected. */
	private void rejectSecondMove(StateActivation current, StateSpec to) {
		this.position.lock();
		try {
			Move pending = this.move;
			if (pending == null || current.stopping()) {
				throw IllegalTransitionException.endedMeanwhile(this.machine.name(), current.state(), to.name(),
						Status.STOPPED);
			}
			if (!pending.next.state().equals(to.name())) {
				throw new IllegalStateException(
						"%s is about to move to '%s' and can't be moved to '%s' before; call %3$s() from the new body, or later"
							.formatted(this.machine.name(), pending.next.state(), to.name()));
			}
		}
		finally {
			this.position.unlock();
		}
	}

	/** Returns the move, or {@code null} if the body has to make way already. */
	private @Nullable Move claimFromBody(StateActivation current, StateSpec to, @Nullable Object[] args) {
		this.position.lock();
		try {
			current.dropWithdrawnInterrupt();
			if (!mayAsk(current)) {
				await(() -> mayAsk(current), FOREVER, to);
			}
			if (current.stopping() || (this.move != null && this.move.ready)) {
				return null;
			}
			rejectWithinMove(to);
			if (current.spec().targets().contains(to.name())) {
				Move mine = claim(current, to, args, true);
				if (to.onStart() == null) {
					awaitOwnEnd(mine);
				}
				return mine;
			}
		}
		finally {
			this.position.unlock();
		}
		throw rejected(IllegalTransitionException.undeclared(this.machine.name(), current.state(), to.name(),
				current.spec().targets()));
	}

	/** Returns whether nobody else moves the machine just now. Called under the lock. */
	private boolean mayAsk(StateActivation current) {
		return current.stopping() || this.move == null || this.move.ready || this.move.isPartOf(Thread.currentThread());
	}

	// Somebody else asks: another thread, another machine's body, a timer

	private void moveFromOutside(StateSpec to, @Nullable Object[] args, @Nullable StateActivation expected) {
		Move outer = this.move;
		try {
			askFromOutside(to, args, expected);
		}
		catch (Throwable failure) {
			releaseUnless(outer, failure);
			throw failure;
		}
	}

	/**
	 * Ends a move of this thread, whatever has gone wrong on its way, but not one that
	 * this was called in. If the state has changed already, the body that nobody will
	 * start has failed.
	 */
	private void releaseUnless(@Nullable Move outer, Throwable failure) {
		StateActivation entered = null;
		this.position.lock();
		try {
			Move left = this.move;
			if (left != null && left != outer && left.isPartOf(Thread.currentThread())) {
				if (left.isLimited() && left.from != null) {
					left.from.withdrawInterrupt();
				}
				release();
				entered = (this.position.run() == left.next && left.next.giveUp()) ? left.next : null;
			}
		}
		finally {
			this.position.unlock();
		}
		if (entered != null) {
			StateActivation after = finish(entered, failure);
			if (after != null) {
				start(after);
			}
		}
	}

	private void askFromOutside(StateSpec to, @Nullable Object[] args, @Nullable StateActivation expected) {
		Move mine = claimFromOutside(to, args, expected);
		if (mine == null) {
			return;
		}
		runOnStart(mine);
		StateMove made = makeFromOutside(mine);
		if (made == null) {
			return;
		}
		announce(mine, made);
		Throwable rejected = start(mine.next);
		if (rejected != null) {
			Transitions.<RuntimeException>rethrow(rejected);
		}
	}

	/** Returns what was made, or {@code null} if a body has to make way first. */
	private @Nullable StateMove makeFromOutside(Move mine) {
		Instant now = this.machines.now();
		this.position.lock();
		try {
			if (mine.cancelled || (mine.from != null && this.position.isEnd())) {
				throw IllegalTransitionException.endedMeanwhile(this.machine.name(), this.machine.current(),
						mine.next.state(), this.position.status());
			}
			if (this.position.status() == Status.RUNNING) {
				makeWay(mine);
				return null;
			}
			return commit(mine, now);
		}
		finally {
			this.position.unlock();
		}
	}

	/** Returns the move, or {@code null} if the machine has left what was expected. */
	private @Nullable Move claimFromOutside(StateSpec to, @Nullable Object[] args, @Nullable StateActivation expected) {
		IllegalTransitionException rejection;
		this.position.lock();
		try {
			rejectWithinMove(to);
			boolean free = isFree() || await(this::isFree, this.machines.stopTimeout(), to);
			StateActivation active = this.position.active();
			if (expected != null && (expected != active || this.machines.isClosed())) {
				return null;
			}
			if (!free) {
				throw busyFor(to);
			}
			this.machines.rejectWhenClosed(this.machine.name(), to.name());
			List<String> legal = this.table.legal((active != null) ? active.spec() : null,
					this.position.status() == Status.DONE);
			if (legal.contains(to.name())) {
				Move mine = claim(active, to, args, false);
				mine.timedOut = (expected != null);
				return mine;
			}
			rejection = (active != null)
					? IllegalTransitionException.undeclared(this.machine.name(), active.state(), to.name(), legal)
					: IllegalTransitionException.notInitial(this.machine.name(), this.machine.current(),
							this.position.status(), this.position.failure(), to.name(), legal);
		}
		finally {
			this.position.unlock();
		}
		throw rejected(rejection);
	}

	/**
	 * Waits to move, and looks before and now and then whether that can ever come. Called
	 * under the lock, which it gives back meanwhile.
	 * @throws IllegalStateException if it can't, because machines wait in a circle
	 */
	private boolean await(BooleanSupplier wanted, Duration limit, StateSpec to) {
		long nanos = Durations.nanos(limit, "limit");
		long start = System.nanoTime();
		long pause = Position.FIRST_LOOK;
		try (WaitCircle.Wait wait = WaitCircle.begin(this,
				"to move %s to '%s'".formatted(this.machine.name(), to.name()))) {
			while (true) {
				unlocked(wait::rejectCircle);
				long left = nanos - (System.nanoTime() - start);
				if (this.position.awaitUninterruptibly(wanted, Duration.ofNanos(Math.clamp(left, 0, pause)))) {
					return true;
				}
				if (left <= pause) {
					return false;
				}
				pause = Math.min(2 * pause, Position.LAST_LOOK);
			}
		}
	}

	private void unlocked(Runnable look) {
		this.position.unlock();
		try {
			look.run();
		}
		finally {
			this.position.lock();
		}
	}

	@Override
	public @Nullable Thread heldBy() {
		this.position.lock();
		try {
			Move current = this.move;
			StateActivation last = this.position.run();
			if (current != null && current.busy != null) {
				return current.busy;
			}
			return (last != null) ? last.thread() : null;
		}
		finally {
			this.position.unlock();
		}
	}

	@Override
	public String doing(Thread thread) {
		this.position.lock();
		try {
			Move current = this.move;
			if (current != null && current.isPartOf(thread)) {
				return "%s, just moving to '%s'".formatted(this.machine.name(), current.next.state());
			}
			return "%s, in the body of '%s'".formatted(this.machine.name(), this.machine.current());
		}
		finally {
			this.position.unlock();
		}
	}

	/** Returns whether somebody else may move. Called under the lock. */
	private boolean isFree() {
		return this.move == null && !this.position.isStopping();
	}

	/** Called under the lock. */
	private void makeWay(Move mine) {
		// The move stays this thread's, to be released by it, until all is under way.
		mine.limitedBy(
				this.machines.deadlines().arm(this.machine.name(), this.machines.stopTimeout(), mine, ABANDONED));
		Objects.requireNonNull(this.position.run()).interrupt();
		mine.await();
		this.position.signal();
	}

	private static void abandoned(Move late) {
		of(late.next.machine()).abandon(late);
	}

	private static void timeIsOver(StateActivation late) {
		of(late.machine()).timedOut(late);
	}

	/**
	 * A stay knows its machine as its users do, and only one of this package has stays.
	 */
	private static Transitions of(StateMachine machine) {
		return ((Machine) machine).transitions();
	}

	/** Gives a move up whose old body does not end. */
	private void abandon(Move late) {
		StateActivation stays = Objects.requireNonNull(late.from);
		Duration pause;
		this.position.lock();
		try {
			if (this.move != late || stays.ended() || !stays.started()) {
				// A body that has not begun never will, and makes way at once.
				return;
			}
			stays.withdrawInterrupt();
			release();
			pause = late.timedOut ? watchAgain(stays) : null;
		}
		finally {
			this.position.unlock();
		}
		log.warn(
				"{} stays in '{}' and does not move to '{}': its body has not ended within {} of being interrupted;"
						+ " let it react to interrupts, or raise the stop timeout{}",
				this.machine.name(), stays.state(), late.next.state(), this.machines.stopTimeout(), again(pause));
		this.machines.listeners().abandoned(this.machine, stays.state(), late.next.state());
	}

	private void timedOut(StateActivation late) {
		StateSpec to = this.table.state(Objects.requireNonNull(late.spec().onTimeout()));
		try {
			moveFromOutside(to, new Object[0], late);
		}
		catch (Throwable failed) {
			Duration pause = watchAgainLocked(late);
			if (pause != null) {
				Failures.log(log, Level.WARN, failed, "{} stays in '{}': its timeout did not get it to '{}'{}",
						this.machine.name(), late.state(), to.name(), again(pause));
			}
			// Else the machine is not there any more, which was told by others.
		}
	}

	private @Nullable Duration watchAgainLocked(StateActivation late) {
		this.position.lock();
		try {
			return watchAgain(late);
		}
		finally {
			this.position.unlock();
		}
	}

	/**
	 * Arms the timeout of a stay once more whose attempt has not moved the machine;
	 * returns after what pause, {@code null} if the machine is leaving anyway. Called
	 * under the lock.
	 */
	private @Nullable Duration watchAgain(StateActivation late) {
		if (this.position.active() != late || late.stopping() || this.machines.isClosed()) {
			return null;
		}
		Duration pause = late.overdueAgain();
		watch(late, pause);
		return pause;
	}

	private static String again(@Nullable Duration pause) {
		return (pause != null) ? "; its timeout tries again in " + Durations.format(pause) : "";
	}

	// The steps of a move

	/** Called under the lock, while no move is under way. */
	private Move claim(@Nullable StateActivation from, StateSpec to, @Nullable Object[] args, boolean own) {
		Move claimed = new Move(from, new StateActivation(this.machine, to, args), own);
		this.move = claimed;
		this.position.claimed(claimed.next);
		return claimed;
	}

	/** Called under the lock. */
	private void rejectWithinMove(StateSpec to) {
		Move current = this.move;
		if (current != null && current.isPartOf(Thread.currentThread())) {
			throw new IllegalStateException(
					"%s is just moving to '%s', and what runs as part of that move can't move it to '%s'; call %3$s() from the new body or another thread"
						.formatted(this.machine.name(), current.next.state(), to.name()));
		}
	}

	/**
	 * Rejects to wait for the machine in what runs as part of its move, which would wait
	 * for itself. Called under the lock.
	 */
	void rejectToWait() {
		Move current = this.move;
		if (current != null && current.isPartOf(Thread.currentThread())) {
			throw new IllegalStateException(
					"%s is just moving to '%s', and what runs as part of that move would wait for its own end; wait in another thread"
						.formatted(this.machine.name(), current.next.state()));
		}
	}

	/** Returns whether the machine is still to end; rejects likewise if it is. */
	boolean mustWait() {
		this.position.lock();
		try {
			if (this.position.isEnd()) {
				return false;
			}
			rejectToWait();
			return true;
		}
		finally {
			this.position.unlock();
		}
	}

	private IllegalStateException busyFor(StateSpec to) {
		return new IllegalStateException(
				"%s did not get to move to '%s' within %s, because another move or a stop of '%s' takes longer; let its body react to interrupts, or raise the stop timeout"
					.formatted(this.machine.name(), to.name(), this.machines.stopTimeout(), this.machine.current()));
	}

	private IllegalTransitionException rejected(IllegalTransitionException rejection) {
		this.machines.listeners().rejected(this.machine, rejection);
		return rejection;
	}

	private void runOnStart(Move mine) {
		StateHandle next = mine.next;
		MethodHandle onStart = mine.next.spec().onStart();
		if (onStart == null) {
			return;
		}
		try {
			onStart.invokeExact(this.machine.target(), next, mine.next.args());
		}
		catch (Throwable thrown) {
			releaseLocked();
			Transitions.<RuntimeException>rethrow(thrown);
		}
	}

	/** Ends the move under way, whatever came of it. Called under the lock. */
	private void release() {
		Move ended = this.move;
		this.move = null;
		if (ended != null) {
			ended.cancelLimit();
		}
		this.position.signal();
	}

	/**
	 * Changes the state: no body runs, and nobody else may move. Called under the lock.
	 */
	private StateMove commit(Move mine, Instant now) {
		long nanos = this.machines.nanoTime();
		mine.take();
		mine.cancelLimit();
		mine.spent = (mine.from != null) ? mine.from.spent(nanos) : Duration.ZERO;
		Duration timeout = mine.next.spec().timeout();
		if (timeout != null) {
			watch(mine.next, timeout);
		}
		mine.next.enteredAt(now, nanos);
		return this.position.enter(mine.next, now, this.table);
	}

	/** Called under the lock. */
	private void watch(StateActivation activation, Duration timeout) {
		activation.cancelTimer();
		activation.watchedBy(this.machines.deadlines().arm(this.machine.name(), timeout, activation, TIME_IS_OVER));
	}

	private void announce(Move mine, StateMove made) {
		try {
			this.machines.listeners().moved(this.machine, made, mine.next.args(), mine.spent);
		}
		catch (Throwable shortage) {
			// Of stack or memory, between one listener and the next.
			Failures.log(log, Level.WARN, shortage, "Not all listeners heard of a move of {}", this.machine.name());
		}
		finally {
			releaseLocked();
		}
	}

	private void releaseLocked() {
		this.position.lock();
		try {
			release();
		}
		finally {
			this.position.unlock();
		}
	}

	/**
	 * Starts a body on a thread of its own; returns why it could not be started, if it
	 * could not.
	 */
	@Nullable Throwable start(StateActivation next) {
		Throwable why = null;
		StateActivation starting = next;
		while (starting != null) {
			try {
				this.machines.start(this.machine.name(), new Trampoline(this, starting));
				return why;
			}
			catch (Throwable rejected) {
				if (!giveUp(starting)) {
					return why;
				}
				// At shutdown, or no memory for a thread: nobody may wait for ever. A
				// move from outside may have come meanwhile, and is made now.
				why = (why != null) ? why : rejected;
				starting = finish(starting, rejected);
			}
		}
		return why;
	}

	/** Returns whether the body will not begin, though its thread may be there. */
	private boolean giveUp(StateActivation next) {
		this.position.lock();
		try {
			return next.giveUp();
		}
		finally {
			this.position.unlock();
		}
	}

	/**
	 * Starts a body on a thread of its own, for the kill of the last one was not meant
	 * for it; unless everything ends.
	 */
	void startAfterKill(StateActivation next) {
		if (this.machines.isClosed()) {
			stopUnbegun(next);
		}
		else {
			start(next);
		}
	}

	/** Stops the machine; see {@link StateMachine#stop()}. */
	void stop() {
		StackRoom.check();
		StateActivation rested;
		this.position.lock();
		try {
			if (this.move != null) {
				this.move.cancelled = true;
			}
			rested = (this.position.status() == Status.RESTING) ? this.position.run() : null;
			if (rested != null) {
				this.position.settle(Status.STOPPED, null);
			}
			else if (this.position.status() == Status.RUNNING) {
				Objects.requireNonNull(this.position.run()).stop();
			}
			this.position.signal();
		}
		finally {
			this.position.unlock();
		}
		if (rested != null) {
			settled();
			this.machines.listeners().ended(this.machine, rested.state(), rested.spent(this.machines.nanoTime()), null);
		}
	}

	private void settled() {
		StateEntry framework = this.entry;
		if (framework != null) {
			ForeignCode.run(log, "The entry of states", framework::settled);
		}
	}

	// The body's thread

	/** Runs a body; returns what is to run after it, if the machine has moved. */
	@Nullable StateActivation perform(StateActivation mine) {
		Throwable thrown = null;
		if (begins(mine)) {
			StateEntry framework = this.entry;
			try {
				if (framework != null) {
					framework.enter(mine.spec().method(), mine.args());
				}
				else {
					this.machine.states().greenroom$call(mine.spec().index(), mine.args());
				}
			}
			catch (Throwable ex) {
				thrown = leadsOn(mine, ex) ? null : ex;
			}
		}
		else if (mine.isGivenUp()) {
			return null;
		}
		return finish(mine, thrown);
	}

	/**
	 * Returns whether what a body has thrown moves the machine instead of failing it; the
	 * move waits for the body's end then, as if the body had asked for it last.
	 */
	private boolean leadsOn(StateActivation mine, Throwable thrown) {
		String onError = mine.spec().onError();
		if (onError == null || mine.isUnwoundBy(thrown) || (this.machines.isClosed() && isInterrupt(thrown))) {
			return false;
		}
		try {
			dropOwnMove();
			if (!Boolean.TRUE.equals(askFromBody(mine, this.table.state(onError), new Object[] { thrown }))) {
				return false;
			}
		}
		catch (Throwable rejected) {
			Failures.suppress(thrown, rejected);
			return false;
		}
		Failures.log(log, Level.WARN, thrown, "{} leaves '{}' for '{}', as its body failed", this.machine.name(),
				mine.state(), onError);
		return true;
	}

	/** What the body itself has asked for does not come about. */
	private void dropOwnMove() {
		this.position.lock();
		try {
			if (this.move != null && this.move.own) {
				release();
			}
		}
		finally {
			this.position.unlock();
		}
	}

	private boolean begins(StateActivation mine) {
		this.position.lock();
		try {
			if (mine.stopping() || mine.isGivenUp() || (this.move != null && this.move.ready)) {
				return false;
			}
			mine.begin();
			return true;
		}
		finally {
			this.position.unlock();
		}
	}

	/** The thread has ended; the last stay has not if its body could not begin. */
	void threadEnded(StateActivation last, @Nullable Throwable why) {
		if (last.ended() || last.isGivenUp()) {
			return;
		}
		if (why == null || why instanceof GreenThreadKilledException || why instanceof SchedulerClosedException) {
			stopUnbegun(last);
			return;
		}
		StateActivation after = finish(last, why);
		if (after != null) {
			start(after);
		}
	}

	private void stopUnbegun(StateActivation mine) {
		this.position.lock();
		try {
			if (mine.ended()) {
				return;
			}
			mine.stop();
		}
		finally {
			this.position.unlock();
		}
		finish(mine, null);
	}

	/**
	 * The body has ended: make the move that waits for it, or rest, or end. Returns what
	 * is to run next.
	 */
	private @Nullable StateActivation finish(StateActivation mine, @Nullable Throwable thrown) {
		// All that is the user's comes first: under the lock none of it is asked.
		Throwable error = (thrown != null && mine.isUnwoundBy(thrown)) ? null : thrown;
		boolean interrupted = error != null && isInterrupt(error);
		Instant now = this.machines.now();
		Status settled = null;
		Throwable failure = null;
		Move next;
		StateMove made = null;
		this.position.lock();
		try {
			if (mine.ended()) {
				return null;
			}
			mine.end();
			next = waitingFor(mine, error);
			if (next != null) {
				made = commit(next, now);
			}
			else {
				settled = settle(mine, error, interrupted);
				failure = this.position.failure();
			}
		}
		catch (Throwable shortage) {
			// Of memory: all waiting threads are told, rather than wait for ever.
			next = null;
			release();
			settled = Status.FAILED;
			failure = shortage;
			this.position.settle(settled, failure);
		}
		finally {
			this.position.unlock();
		}
		if (next != null && made != null) {
			if (error != null && !interrupted) {
				Failures.log(log, Level.WARN, error, "{} leaves '{}' for '{}', and its body failed on the way",
						this.machine.name(), made.from(), made.to());
			}
			announce(next, made);
			return next.next;
		}
		settled();
		if (error == null && (settled == Status.RESTING || settled == Status.DONE)) {
			this.machines.listeners().completed(this.machine, mine.state());
		}
		if (error != null && settled == Status.RESTING) {
			Failures.log(log, Level.WARN, error,
					"{} rests in '{}': an interrupt ended its body that was meant for a move which had been given up",
					this.machine.name(), mine.state());
		}
		if (settled != null && settled.isEnd()) {
			this.machines.listeners().ended(this.machine, mine.state(), mine.spent(this.machines.nanoTime()), failure);
		}
		return null;
	}

	/** Returns the move that waits for the body's end, if it can still be made. */
	private @Nullable Move waitingFor(StateActivation mine, @Nullable Throwable error) {
		Move waiting = this.move;
		if (waiting == null || !waiting.ready || mine.stopping() || (waiting.own && error != null)) {
			return null;
		}
		return waiting;
	}

	/** Comes to rest or to an end, and returns which. Called under the lock. */
	private Status settle(StateActivation mine, @Nullable Throwable error, boolean interrupted) {
		if (this.move != null && (this.move.ready || this.move.own)) {
			// One of the body's own may not have come as far, if its stack ended.
			release();
		}
		Status settled = outcome(mine, error, interrupted);
		this.position.settle(settled, (settled == Status.FAILED) ? error : null);
		if (settled == Status.RESTING && mine.isOverdue() && !this.machines.isClosed()) {
			// The body that held its timeout up is gone.
			watch(mine, Duration.ZERO);
		}
		return settled;
	}

	private Status outcome(StateActivation mine, @Nullable Throwable error, boolean interrupted) {
		if (mine.stopping() || (interrupted && this.machines.isClosed())
				|| (error instanceof SchedulerClosedException && !mine.started())) {
			return Status.STOPPED;
		}
		if (error == null) {
			return mine.spec().terminal() ? Status.DONE : Status.RESTING;
		}
		// What interrupted the body may have been a move that was given up since.
		return (interrupted && mine.isInterruptWithdrawn()) ? Status.RESTING : Status.FAILED;
	}

	/** Returns whether the body only followed a request to end. */
	private static boolean isInterrupt(Throwable thrown) {
		for (Throwable link : Failures.causes(thrown)) {
			if (link instanceof InterruptedException || link instanceof SchedulerClosedException) {
				return true;
			}
		}
		return false;
	}

}
