package io.greenroom.state;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * A move in progress. A machine has at most one: the thread that created it holds the
 * right to move, from the check until the listeners have been told. All fields are
 * guarded by the machine's lock.
 */
final class Move {

	/** The stay that is left; {@code null} if the machine is started. */
	final @Nullable StateActivation from;

	final StateActivation next;

	/** Whether the body itself requests it. */
	final boolean own;

	/**
	 * The thread that runs code as part of the move now; {@code null} while the old body
	 * ends.
	 */
	@Nullable Thread busy = Thread.currentThread();

	/** Whether it only waits for the old body to end. */
	boolean ready;

	/** Whether the machine was stopped meanwhile. */
	boolean cancelled;

	/** Whether a state's timeout asks for it. */
	boolean timedOut;

	/** The timer that gives up the move if the old body does not end. */
	private StateTimers.@Nullable Timer<Move> limit;

	/** Stores the move as the thread that requested it would. */
	Executor requester = Runnable::run;

	/** Since when it is stored; {@code null} until then, and if nothing is stored. */
	@Nullable Instant keptSince;

	/** How long the machine was in the state it left; written when the move is made. */
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

	/** Cancels the timer that gives up the move. */
	void cancelLimit() {
		if (this.limit != null) {
			this.limit.cancel();
			this.limit = null;
		}
	}

	/** Makes the current thread the one that makes the move. */
	void take() {
		this.ready = false;
		this.busy = Thread.currentThread();
	}

	boolean isPartOf(Thread thread) {
		return this.busy == thread;
	}

}
