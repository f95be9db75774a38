package io.greenroom.state;

import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import io.greenroom.state.StateMachine.Status;
import org.jspecify.annotations.Nullable;

/**
 * What comes of a move that somebody asks for and waits for: looked at whenever the
 * machine changes, so that a rest which is over by the time the waiting thread runs is
 * seen all the same. Guarded by the machine's lock.
 */
final class Arrival implements BooleanSupplier {

	private final Thread asking = Thread.currentThread();

	private final Position position;

	private final Predicate<StateActivation> underWay;

	/** What was asked for last; null as long as nothing was. */
	private @Nullable StateActivation asked;

	private boolean entered;

	/** Where the machine came to rest or ended; null as long as it did not. */
	private @Nullable String state;

	private @Nullable Throwable failure;

	private boolean dropped;

	/**
	 * Prepares to wait on the current thread, which is about to ask.
	 * @param underWay whether a move is under way that leads to a stay
	 */
	Arrival(Position position, Predicate<StateActivation> underWay) {
		this.position = position;
		this.underWay = underWay;
	}

	/** Somebody has claimed a move. */
	void claimed(StateActivation next) {
		if (Thread.currentThread() == this.asking) {
			this.asked = next;
			this.entered = false;
			this.state = null;
			this.failure = null;
			this.dropped = false;
		}
	}

	@Override
	public boolean getAsBoolean() {
		StateActivation wanted = this.asked;
		if (wanted == null || isOver()) {
			return wanted != null;
		}
		StateActivation now = this.position.run();
		this.entered |= now == wanted;
		if (!this.entered) {
			this.dropped = !this.underWay.test(wanted);
		}
		else if (now != null && this.position.status() != Status.RUNNING) {
			this.state = now.state();
			this.failure = this.position.failure();
		}
		return isOver();
	}

	private boolean isOver() {
		return this.dropped || this.state != null;
	}

	/** Returns whether any move was asked for. */
	boolean isAsked() {
		return this.asked != null;
	}

	/** Returns what was asked for, for messages. */
	@Nullable String asked() {
		return (this.asked != null) ? this.asked.state() : null;
	}

	@Nullable String state() {
		return this.state;
	}

	@Nullable Throwable failure() {
		return this.failure;
	}

}
