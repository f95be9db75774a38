package io.greenroom.state;

import java.lang.invoke.MethodHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

import io.greenroom.green.SchedulerClosedException;
import io.greenroom.state.internal.StateCalls;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place where an object's states change. A move goes
 * <ol>
 * <li>claim: wait until no other move is under way, check the table;</li>
 * <li>onStart, on the thread that asks;</li>
 * <li>a running body makes way: its own call unwinds it, anybody else's interrupts
 * it;</li>
 * <li>commit: when the old body has ended, change the state;</li>
 * <li>announce: tell the listeners, let others move again, start the new body.</li>
 * </ol>
 * No code of the user runs under the lock.
 */
final class Machine implements StateMachine, StateCalls {

	private static final Logger log = LoggerFactory.getLogger(StateMachine.class);

	private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

	private final StateMachines machines;

	private final MachineType type;

	private final Object target;

	/** How bodies are entered, null for straight; a body reads it once. */
	private volatile @Nullable StateEntry entry;

	private final String name;

	/** Holds the lock too. */
	private final Position position;

	/** The move under way. Guarded by the lock. */
	private @Nullable Move move;

	Machine(StateMachines machines, MachineType type, Object target, @Nullable StateEntry entry) {
		this.machines = machines;
		this.type = type;
		this.target = target;
		this.entry = entry;
		this.name = type.nextName();
		this.position = new Position(machines.historySize());
	}

	MachineType type() {
		return this.type;
	}

	void enterBy(@Nullable StateEntry framework) {
		this.entry = framework;
	}

	// What the enhanced methods call

	@Override
	public boolean enter(int state) {
		Run current = this.position.run();
		return current != null && current.isOnBodyThread() && current.enter(state);
	}

	@Override
	public void leave(@Nullable Throwable thrown) {
		Run current = Objects.requireNonNull(this.position.run());
		current.leave();
		if (thrown == null) {
			return;
		}
		if (!current.isUnwoundBy(thrown)) {
			Machine.<RuntimeException>rethrow(thrown);
		}
		for (Throwable hidden : thrown.getSuppressed()) {
			log.warn("{} left '{}', and the clean-up of its body failed", this.name, current.state(), hidden);
		}
	}

	@SuppressWarnings("unchecked")
	private static <X extends Throwable> void rethrow(Throwable thrown) throws X {
		throw (X) thrown;
	}

	@Override
	public void move(int state, @Nullable Object[] args) {
		StateSpec to = this.type.table().state(state);
		Run current = this.position.run();
		if (current != null && current.isOnBodyThread()) {
			throw moveFromBody(current, to, args);
		}
		moveFromOutside(to, args, null);
	}

	// The body asks

	private Unwinding moveFromBody(Run current, StateSpec to, @Nullable Object[] args) {
		Move mine = claimFromBody(current, to, args);
		if (mine == null) {
			return current.unwind();
		}
		runOnStart(mine);
		this.position.lock();
		try {
			if (mine.cancelled) {
				release();
			}
			else {
				mine.await();
				this.position.signal();
			}
		}
		finally {
			this.position.unlock();
		}
		return current.unwind();
	}

	/** Returns the move, or {@code null} if the body has to make way already. */
	private @Nullable Move claimFromBody(Run current, StateSpec to, @Nullable Object[] args) {
		this.position.lock();
		try {
			this.position.awaitUninterruptibly(() -> current.stopping() || this.move == null || this.move.ready
					|| this.move.isPartOf(Thread.currentThread()), FOREVER);
			if (current.stopping() || (this.move != null && this.move.ready)) {
				return null;
			}
			refuseWithinMove(to);
			if (current.spec().targets().contains(to.name())) {
				return claim(current, to, args, true);
			}
		}
		finally {
			this.position.unlock();
		}
		throw rejected(
				IllegalTransitionException.undeclared(this.name, current.state(), to.name(), current.spec().targets()));
	}

	// Somebody else asks: another thread, another machine's body, a timer

	private void moveFromOutside(StateSpec to, @Nullable Object[] args, @Nullable Run expected) {
		Move mine = claimFromOutside(to, args, expected);
		if (mine == null) {
			return;
		}
		runOnStart(mine);
		StateMove made;
		this.position.lock();
		try {
			if (mine.cancelled || (mine.from != null && this.position.isEnd())) {
				release();
				throw IllegalTransitionException.endedMeanwhile(this.name, current(), to.name(), status());
			}
			if (status() == Status.RUNNING) {
				makeWay(mine);
				return;
			}
			made = commit(mine);
		}
		finally {
			this.position.unlock();
		}
		Throwable refused = announce(mine, made);
		if (refused != null) {
			Machine.<RuntimeException>rethrow(refused);
		}
	}

	/** Returns the move, or {@code null} if the machine has left what was expected. */
	private @Nullable Move claimFromOutside(StateSpec to, @Nullable Object[] args, @Nullable Run expected) {
		IllegalTransitionException refusal;
		this.position.lock();
		try {
			refuseWithinMove(to);
			boolean free = this.position.awaitUninterruptibly(() -> this.move == null && !this.position.isStopping(),
					this.machines.stopTimeout());
			Run active = this.position.active();
			if (expected != null && (expected != active || !free)) {
				return null;
			}
			if (!free) {
				throw busyFor(to);
			}
			this.machines.refuseWhenClosed(this.name, to.name());
			List<String> legal = this.type.table().legal((active != null) ? active.spec() : null);
			if (legal.contains(to.name())) {
				return claim(active, to, args, false);
			}
			refusal = (active != null)
					? IllegalTransitionException.undeclared(this.name, active.state(), to.name(), legal)
					: IllegalTransitionException.notInitial(this.name, status(), to.name(), legal);
		}
		finally {
			this.position.unlock();
		}
		throw rejected(refusal);
	}

	private void makeWay(Move mine) {
		mine.await();
		mine.limit = this.machines.arm(this.machines.stopTimeout(), () -> abandon(mine));
		Objects.requireNonNull(this.position.run()).interrupt();
		this.position.signal();
	}

	/** Gives a move up whose old body does not end. */
	private void abandon(Move late) {
		Run stays = Objects.requireNonNull(late.from);
		this.position.lock();
		try {
			if (this.move != late || stays.ended()) {
				return;
			}
			release();
		}
		finally {
			this.position.unlock();
		}
		log.warn(
				"{} stays in '{}' and does not move to '{}': its body has not ended within {} of being interrupted;"
						+ " let it react to interrupts, or raise the stop timeout",
				this.name, stays.state(), late.next.state(), this.machines.stopTimeout());
		this.machines.audience().abandoned(this, stays.state(), late.next.state());
	}

	private void timedOut(Run late) {
		StateSpec to = this.type.table().state(Objects.requireNonNull(late.spec().onTimeout()));
		try {
			moveFromOutside(to, new Object[0], late);
		}
		catch (Throwable failed) {
			log.error("{} stays in '{}': its timeout did not get it to '{}'", this.name, late.state(), to.name(),
					failed);
		}
	}

	// The steps of a move

	/** Called under the lock, while no move is under way. */
	private Move claim(@Nullable Run from, StateSpec to, @Nullable Object[] args, boolean own) {
		Move claimed = new Move(from, new Run(this, to, args), own);
		this.move = claimed;
		return claimed;
	}

	/** Called under the lock. */
	private void refuseWithinMove(StateSpec to) {
		Move current = this.move;
		if (current != null && current.isPartOf(Thread.currentThread())) {
			throw new IllegalStateException(
					"%s is just moving to '%s', and what runs as part of that move can't move it to '%s'; call %3$s() from the new body or another thread"
						.formatted(this.name, current.next.state(), to.name()));
		}
	}

	private IllegalStateException busyFor(StateSpec to) {
		return new IllegalStateException(
				"%s did not get to move to '%s' within %s, because another move or a stop of '%s' takes longer; let its body react to interrupts, or raise the stop timeout"
					.formatted(this.name, to.name(), this.machines.stopTimeout(), current()));
	}

	private IllegalTransitionException rejected(IllegalTransitionException refusal) {
		this.machines.audience().rejected(this, refusal);
		return refusal;
	}

	private void runOnStart(Move mine) {
		StateHandle next = mine.next;
		MethodHandle onStart = mine.next.spec().onStart();
		if (onStart == null) {
			return;
		}
		try {
			onStart.invokeExact(this.target, next, mine.next.args());
		}
		catch (Throwable thrown) {
			this.position.lock();
			try {
				release();
			}
			finally {
				this.position.unlock();
			}
			Machine.<RuntimeException>rethrow(thrown);
		}
	}

	/** Ends the move under way, whatever came of it. Called under the lock. */
	private void release() {
		Move ended = this.move;
		this.move = null;
		if (ended != null) {
			Deadlines.cancel(ended.limit);
		}
		this.position.signal();
	}

	/**
	 * Changes the state: no body runs, and nobody else may move. Called under the lock.
	 */
	private StateMove commit(Move mine) {
		mine.take();
		Deadlines.cancel(mine.limit);
		Instant now = this.machines.now();
		mine.spent = (mine.from != null) ? mine.from.spent(now) : Duration.ZERO;
		StateMove made = this.position.enter(mine.next, now);
		Duration timeout = mine.next.spec().timeout();
		if (timeout != null) {
			mine.next.watchedBy(this.machines.arm(timeout, () -> timedOut(mine.next)));
		}
		return made;
	}

	/** Returns why the new body could not be started, if it could not. */
	private @Nullable Throwable announce(Move mine, StateMove made) {
		this.machines.audience().moved(this, made, mine.spent);
		this.position.lock();
		try {
			release();
		}
		finally {
			this.position.unlock();
		}
		Run next = mine.next;
		try {
			this.machines.spawn(this.name + ":" + next.state(), () -> body(next), () -> neverBegan(next));
			return null;
		}
		catch (Throwable refused) {
			// Refused at shutdown, or no memory for a thread: nobody may wait for ever.
			finish(next, refused);
			return refused;
		}
	}

	// The body's thread

	private void body(Run mine) {
		Throwable thrown = null;
		if (begins(mine)) {
			try {
				runBody(mine);
			}
			catch (Throwable ex) {
				thrown = ex;
			}
		}
		finish(mine, thrown);
	}

	private boolean begins(Run mine) {
		this.position.lock();
		try {
			if (mine.stopping() || (this.move != null && this.move.ready)) {
				return false;
			}
			mine.begin();
			return true;
		}
		finally {
			this.position.unlock();
		}
	}

	private void runBody(Run mine) throws Throwable {
		StateEntry framework = this.entry;
		if (framework != null) {
			framework.enter(mine.spec().method(), mine.args());
		}
		else {
			mine.spec().body().invokeExact(this.target, mine.args());
		}
	}

	/** The scheduler killed the thread before it ran. */
	private void neverBegan(Run mine) {
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

	/** The body has ended: make the move that waits for it, or rest, or end. */
	private void finish(Run mine, @Nullable Throwable thrown) {
		Throwable error = (thrown != null && mine.isUnwoundBy(thrown)) ? null : thrown;
		Duration spent = mine.spent(this.machines.now());
		Move next;
		StateMove made = null;
		this.position.lock();
		try {
			if (mine.ended()) {
				return;
			}
			mine.end();
			next = waitingFor(mine, error);
			if (next != null) {
				made = commit(next);
			}
			else {
				settle(mine, error);
			}
		}
		finally {
			this.position.unlock();
		}
		if (next != null && made != null) {
			if (error != null && !isInterrupt(error)) {
				log.warn("{} leaves '{}' for '{}', and its body failed on the way", this.name, made.from(), made.to(),
						error);
			}
			announce(next, made);
		}
		else if (this.position.isEnd()) {
			this.machines.audience().ended(this, mine.state(), spent, exception());
		}
	}

	/** Returns the move that waits for the body's end, if it can still be made. */
	private @Nullable Move waitingFor(Run mine, @Nullable Throwable error) {
		Move waiting = this.move;
		if (waiting == null || !waiting.ready || mine.stopping() || (waiting.own && error != null)) {
			return null;
		}
		return waiting;
	}

	private void settle(Run mine, @Nullable Throwable error) {
		if (this.move != null && this.move.ready) {
			release();
		}
		if (mine.stopping() || (error != null && this.machines.isClosed() && isInterrupt(error))) {
			this.position.settle(Status.STOPPED, null);
		}
		else if (error != null) {
			this.position.settle(Status.FAILED, error);
		}
		else {
			this.position.settle(mine.spec().terminal() ? Status.DONE : Status.RESTING, null);
		}
	}

	/** Returns whether the body only followed a request to end. */
	private static boolean isInterrupt(Throwable thrown) {
		int depth = 0;
		for (Throwable link = thrown; link != null && depth < 16; link = link.getCause(), depth++) {
			if (link instanceof InterruptedException || link instanceof SchedulerClosedException) {
				return true;
			}
		}
		return false;
	}

	// The handle

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public Object target() {
		return this.target;
	}

	@Override
	public Status status() {
		return this.position.status();
	}

	@Override
	public @Nullable String current() {
		Run current = this.position.run();
		return (current != null) ? current.state() : null;
	}

	@Override
	public @Nullable Instant since() {
		Run current = this.position.run();
		return (current != null) ? current.since() : null;
	}

	@Override
	public List<StateMove> history() {
		return this.position.history();
	}

	@Override
	public boolean isDone() {
		return this.position.isEnd();
	}

	@Override
	public @Nullable Throwable exception() {
		return this.position.failure();
	}

	@Override
	public void join() throws InterruptedException {
		join(FOREVER);
	}

	@Override
	public boolean join(Duration limit) throws InterruptedException {
		refuseOwnBody();
		return this.position.await(this.position::isEnd, Durations.nanos(limit, "limit"));
	}

	@Override
	public boolean awaitRest(Duration limit) throws InterruptedException {
		refuseOwnBody();
		return this.position.await(() -> this.move == null && status() != Status.RUNNING,
				Durations.nanos(limit, "limit"));
	}

	@Override
	public boolean awaitState(String state, Duration limit) throws InterruptedException {
		if (!this.type.table().has(state)) {
			throw new IllegalArgumentException(
					"%s has no state '%s'; its states are %s".formatted(this.name, state, this.type.table().names()));
		}
		return this.position.awaitState(state, Durations.nanos(limit, "limit"));
	}

	private void refuseOwnBody() {
		Run current = this.position.run();
		if (current != null && current.isOnBodyThread()) {
			throw new IllegalStateException("The body of '%s' would wait for its own end in %s; wait in another thread"
				.formatted(current.state(), this.name));
		}
	}

	@Override
	public void stop() {
		Run rested;
		this.position.lock();
		try {
			if (this.move != null) {
				this.move.cancelled = true;
			}
			rested = (status() == Status.RESTING) ? this.position.run() : null;
			if (rested != null) {
				this.position.settle(Status.STOPPED, null);
			}
			else if (status() == Status.RUNNING) {
				Objects.requireNonNull(this.position.run()).stop();
			}
			this.position.signal();
		}
		finally {
			this.position.unlock();
		}
		if (rested != null) {
			this.machines.audience().ended(this, rested.state(), rested.spent(this.machines.now()), null);
		}
	}

	@Override
	public String toString() {
		String state = current();
		return "StateMachine[" + this.name + ", " + status() + ((state != null) ? " in " + state : "") + "]";
	}

}
