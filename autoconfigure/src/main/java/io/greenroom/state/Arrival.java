package io.greenroom.state;

import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import io.greenroom.state.StateMachine.Status;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a move that a thread requests and waits for. Checked whenever the
 * machine changes, so that a rest is seen even if it is over by the time the waiting
 * thread runs. Guarded by the machine's lock.
 */
final class Arrival implements BooleanSupplier {

	private final Thread asking = Thread.currentThread();

	private final Position position;

	private final Predicate<StateActivation> underWay;

	/** What was requested last; {@code null} until then. */
	private @Nullable StateActivation asked;

	private boolean entered;

	/** Where the machine came to rest or ended; {@code null} until then. */
	private @Nullable String state;

	private @Nullable Throwable failure;

	private boolean dropped;

	/**
	 * Prepares to wait on the current thread, which is about to request a move.
	 * @param underWay whether a move to a stay is in progress
	 */
	Arrival(Position position, Predicate<StateActivation> underWay) {
		this.position = position;
		this.underWay = underWay;
	}

	/** Called when a thread has claimed a move. */
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

	/** Returns whether any move was requested. */
	boolean isAsked() {
		return this.asked != null;
	}

	/** Returns what was requested, for messages. */
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
