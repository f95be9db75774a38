package io.greenroom.state;

import java.time.Duration;

import io.greenroom.observe.internal.StackRoom;
import io.greenroom.state.StateMachine.Status;
import org.jspecify.annotations.Nullable;

/**
 * The moves that are requested by a body, or by a visitor on its thread.
 */
final class BodyMoves {

	private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

	private final MachineServices services;

	private final Bodies bodies;

	BodyMoves(MachineServices services, Bodies bodies) {
		this.services = services;
		this.bodies = bodies;
	}

	/** Moves the machine for its own body, which does not go on after the call. */
	Unwinding moveFromBody(MoveSteps steps, StateActivation current, StateSpec to, @Nullable Object[] args) {
		rejectInside(steps, current, to);
		askFromBody(steps, current, to, args);
		return current.unwind();
	}

	/**
	 * Returns whether the machine will move when the body has ended, or {@code null} if
	 * the body must make way already.
	 */
	@Nullable Boolean askFromBody(MoveSteps steps, StateActivation current, StateSpec to, @Nullable Object[] args) {
		// Stable if it is part of this thread; a move of another thread is only compared.
		Move outer = steps.move();
		try {
			Move mine = claimFromBody(steps, current, to, args);
			return (mine != null) ? (Boolean) runOwnStart(steps, mine) : null;
		}
		catch (Throwable failure) {
			this.bodies.releaseUnless(steps, outer, failure);
			throw failure;
		}
	}

	/**
	 * Throws if the body would be unwound through code that takes this for a failure. A
	 * visitor is not unwound itself.
	 */
	private void rejectInside(MoveSteps steps, StateActivation current, StateSpec to) {
		StateBoundary boundary = this.services.boundary();
		if (boundary == null) {
			return;
		}
		BoundaryCheck wayOut = new BoundaryCheck(boundary, current.state(), BodyMoves.class);
		String obstacle = current.isVisited() ? wayOut.obstacleOfVisit() : wayOut.obstacle(current.begun());
		if (obstacle != null) {
			throw new IllegalStateException(
					"%s can't leave '%s' for '%s' inside %s, which would take the end of the body for a failure; move after the call returns"
						.formatted(steps.machine().name(), current.state(), to.name(), obstacle));
		}
	}

	/** Returns whether the machine will move when the body has ended. */
	private boolean runOwnStart(MoveSteps steps, Move mine) {
		if (mine.next.spec().onStart() == null) {
			// It has waited for the body's end since it was claimed.
			return true;
		}
		steps.runOnStart(mine);
		steps.position().lock();
		try {
			if (mine.cancelled) {
				steps.release();
				return false;
			}
			steps.awaitOwnEnd(mine);
			return true;
		}
		finally {
			steps.position().unlock();
		}
	}

	/**
	 * Runs a visitor on a body's thread, which is no part of the body: the moves that it
	 * requests return to it, and an interrupt of the body is delivered after it. On any
	 * other thread, simply runs it.
	 */
	void visit(MoveSteps steps, Runnable visitor) {
		StackRoom.check();
		StateActivation current = steps.position().run();
		if (current == null || !current.isOnBodyThread()) {
			visitor.run();
			return;
		}
		beginVisit(steps, current);
		try {
			visitor.run();
		}
		finally {
			endVisit(steps, current);
		}
	}

	private void beginVisit(MoveSteps steps, StateActivation current) {
		steps.position().lock();
		try {
			current.beginVisit();
		}
		finally {
			steps.position().unlock();
		}
	}

	private void endVisit(MoveSteps steps, StateActivation current) {
		steps.position().lock();
		try {
			current.endVisit();
		}
		finally {
			steps.position().unlock();
		}
	}

	/**
	 * Ends the body of this thread, if there is one and a visitor has moved its machine.
	 */
	void followVisitor(MoveSteps steps) {
		StateActivation current = steps.position().run();
		if (current != null && current.isOnBodyThread() && !current.isVisited() && current.isMovedByVisitor()) {
			throw current.unwind();
		}
	}

	/**
	 * Moves the machine for a visitor, which goes on. The body makes way when the visitor
	 * ends.
	 */
	void moveFromVisitor(MoveSteps steps, StateActivation current, StateSpec to, @Nullable Object[] args) {
		rejectInside(steps, current, to);
		StateBoundary boundary = this.services.boundary();
		if (boundary != null && boundary.obstacle(current.begun()) != null) {
			// The visitor's own body, which ends before the outer body does.
			boundary.outside(steps.machine(), to.name());
		}
		Boolean moves = askFromBody(steps, current, to, args);
		if (moves == null) {
			rejectSecondMove(steps, current, to);
			return;
		}
		if (!moves) {
			throw IllegalTransitionException.endedMeanwhile(steps.machine().name(), current.state(), to.name(),
					Status.STOPPED);
		}
		current.movedByVisitor();
	}

	/** Accepts a repetition of the pending move, and rejects any other. */
	private void rejectSecondMove(MoveSteps steps, StateActivation current, StateSpec to) {
		steps.position().lock();
		try {
			Move pending = steps.move();
			if (pending == null || current.stopping()) {
				throw IllegalTransitionException.endedMeanwhile(steps.machine().name(), current.state(), to.name(),
						Status.STOPPED);
			}
			if (!pending.next.state().equals(to.name())) {
				throw new IllegalStateException(
						"%s is about to move to '%s' and can't be moved to '%s' first; call %3$s() from the new body, or later"
							.formatted(steps.machine().name(), pending.next.state(), to.name()));
			}
		}
		finally {
			steps.position().unlock();
		}
	}

	/** Returns the move, or {@code null} if the body must make way already. */
	private @Nullable Move claimFromBody(MoveSteps steps, StateActivation current, StateSpec to,
			@Nullable Object[] args) {
		steps.position().lock();
		try {
			current.dropWithdrawnInterrupt();
			if (!mayAsk(steps, current)) {
				steps.await(() -> mayAsk(steps, current), FOREVER, to);
			}
			Move pending = steps.move();
			if (current.stopping() || (pending != null && pending.ready)) {
				return null;
			}
			steps.rejectWithinMove(to);
			if (current.spec().targets().contains(to.name())) {
				Move mine = steps.claim(current, to, args, true);
				if (to.onStart() == null) {
					steps.awaitOwnEnd(mine);
				}
				return mine;
			}
		}
		finally {
			steps.position().unlock();
		}
		throw steps.rejected(IllegalTransitionException.undeclared(steps.machine().name(), current.state(), to.name(),
				current.spec().targets()));
	}

	/** Returns whether no other thread moves the machine now. Called under the lock. */
	private boolean mayAsk(MoveSteps steps, StateActivation current) {
		Move other = steps.move();
		return current.stopping() || other == null || other.ready || other.isPartOf(Thread.currentThread());
	}

}
