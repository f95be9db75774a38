package io.greenroom.state;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A move under way. A machine has one at most: the thread that made it holds the right to
 * move, from the check until the listeners have heard. All fields are guarded by the
 * machine's lock.
 */
final class Move {

	/** What is left; null where the machine is started. */
	final @Nullable StateActivation from;

	final StateActivation next;

	/** Whether the body asks for it itself. */
	final boolean own;

	/** Whose code runs as part of the move right now; null while the old body ends. */
	@Nullable Thread busy = Thread.currentThread();

	/** Whether it only waits for the old body to end. */
	boolean ready;

	/** Whether the machine was stopped meanwhile. */
	boolean cancelled;

	/** Whether a state's timeout asks for it. */
	boolean timedOut;

	/** Gives the move up when the old body does not end. */
	private StateTimers.@Nullable Timer<Move> limit;

	/** Since when it is kept; null until then, and where nothing is. */
	@Nullable Instant keptSince;

	/** How long the machine was in what it left; written when the move is made. */
	Duration spent = Duration.ZERO;

	Move(@Nullable StateActivation from, StateActivation next, boolean own) {
		this.from = from;
		this.next = next;
		this.own = own;
	}

	/** Waits for the old body to end. */
	void await() {
		this.ready = true;
		this.busy = null;
	}

	void limitedBy(StateTimers.Timer<Move> deadline) {
		this.limit = deadline;
	}

	/** Returns whether its old body may have been interrupted. */
	boolean isLimited() {
		return this.limit != null;
	}

	/** The time to give it up is over with it. */
	void cancelLimit() {
		if (this.limit != null) {
			this.limit.cancel();
			this.limit = null;
		}
	}

	/** Is made on the current thread. */
	void take() {
		this.ready = false;
		this.busy = Thread.currentThread();
	}

	boolean isPartOf(Thread thread) {
		return this.busy == thread;
	}

}
