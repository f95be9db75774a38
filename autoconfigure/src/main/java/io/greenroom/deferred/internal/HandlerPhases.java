package io.greenroom.deferred.internal;

import org.jspecify.annotations.Nullable;

/**
 * How far a handler is on its way to its end.
 * <p>
 * An open handler takes all calls. A rejecting one takes only calls from inside, because
 * accepted work elsewhere may need it. A closing one takes none and runs those it has. An
 * ended one runs nothing, and has told all waiting threads. The phases follow each other
 * in this order only.
 * <p>
 * This object is also the lock of the parts that decide together with the phase.
 */
final class HandlerPhases {

	private enum Phase {

		OPEN, REJECTING, CLOSING, ENDED

	}

	private final HandlerCore handler;

	private final Mailbox mailbox;

	/** Written under the lock. */
	private volatile Phase phase = Phase.OPEN;

	/**
	 * Whether a call from anywhere can simply be queued. It sums up the other fields for
	 * the path of a call. Written under the lock.
	 */
	private volatile boolean open;

	/** Whether the scheduler drains, and reports what is left; guarded by the lock. */
	private boolean drained;

	/** Created when the first call is rejected; written under the lock. */
	private volatile @Nullable WorkCounter counter;

	/** What the owner died of. Written under the lock, before the phase. */
	private @Nullable Throwable death;

	HandlerPhases(HandlerCore handler, Mailbox mailbox) {
		this.handler = handler;
		this.mailbox = mailbox;
	}

	boolean isOpen() {
		return this.open;
	}

	/**
	 * Lets calls in, unless the handler has left its first phase. Called under the lock.
	 */
	void letIn() {
		this.open = (this.phase == Phase.OPEN);
	}

	/**
	 * Returns whether the handler has left its first phase, so that a loop should end.
	 */
	boolean isClosing() {
		return this.phase != Phase.OPEN;
	}

	/** Returns whether the handler ends as soon as nothing is left to run. */
	boolean endsWhenEmpty() {
		return this.phase.compareTo(Phase.CLOSING) >= 0;
	}

	/** Returns whether the handler neither ends nor is about to. */
	synchronized boolean isStaying() {
		return !endsWhenEmpty();
	}

	boolean isStopped() {
		return this.phase == Phase.ENDED;
	}

	@Nullable Throwable death() {
		return (this.phase == Phase.ENDED) ? this.death : null;
	}

	/** Returns whether calls of the current thread are no longer taken. */
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

	/**
	 * Notes that the scheduler drains, and reports what is left. Called under the lock.
	 */
	void drained() {
		this.drained = true;
	}

	/** Returns whether the scheduler reports what is left. Called under the lock. */
	boolean isDrained() {
		return this.drained;
	}

	/** Takes calls from inside only. */
	void reject() {
		moveTo(Phase.REJECTING);
	}

	/** Takes no more calls, and runs those there are. */
	void close() {
		moveTo(Phase.CLOSING);
	}

	/** Closes, unless the handler takes calls from inside while the scheduler drains. */
	void closeUnlessRejecting() {
		if (this.phase == Phase.OPEN) {
			close();
		}
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
		// Their calls are not accepted yet, so they are told now rather than at the end.
		this.mailbox.wakeWaiting();
	}

	/**
	 * Runs nothing any more; returns whether the scheduler reports what is left.
	 * @param reason what the owner died of, or {@code null} if it did not
	 */
	boolean end(@Nullable Throwable reason) {
		close();
		synchronized (this) {
			if (this.phase != Phase.ENDED) {
				this.death = reason;
				this.phase = Phase.ENDED;
			}
			return this.drained;
		}
	}

	/**
	 * Returns what counts the calls; {@code null} before a shutdown.
	 */
	@Nullable WorkCounter counter() {
		return this.counter;
	}

}
