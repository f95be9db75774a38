package io.greenroom.deferred.internal;

import io.greenroom.deferred.Processing;
import io.greenroom.green.internal.Waits;

/** Whether a handler has anything to do, as far as can be seen from outside. */
final class HandlerActivity {

	/**
	 * How long a drain waits for a thread that processes a manual handler, in
	 * nanoseconds: a user's loop may do something else between two processings.
	 */
	private static final long PATIENCE = 1_000_000_000;

	/** How many times to yield to an owner that goes to sleep. */
	private static final int MOMENTS = 100;

	private final HandlerCore handler;

	private final Mailbox mailbox;

	private final Ownership ownership;

	private final HandlerPhases phases;

	private final OwnerThread owner;

	/** How often the handler had been processed at the last look; guarded by this. */
	private int turnsSeen = -1;

	/** Since when no thread was seen processing it. Guarded by this. */
	private long desertedSince;

	HandlerActivity(HandlerCore handler, Mailbox mailbox, Ownership ownership, HandlerPhases phases,
			OwnerThread owner) {
		this.handler = handler;
		this.mailbox = mailbox;
		this.ownership = ownership;
		this.phases = phases;
		this.owner = owner;
	}

	/** Returns whether a drain need not wait for the handler. */
	boolean isQuiet() {
		if (this.phases.isStopped()) {
			// The callers of what was left have been told, and nothing begins any more.
			return this.ownership.running() == null;
		}
		UserLoop loop = this.owner.loop();
		if (this.owner.thread() == null && this.handler.options().processing() == Processing.OWNER) {
			// A loop that has not started by now never will. An owner at rest is woken by
			// a call whose room is reserved.
			return loop != null
					|| (this.mailbox.size() == 0 && (this.ownership.gateControl() == null || this.ownership.isFree()));
		}
		if (isDeserted()) {
			// Queued callers are told when the handler is stopped, which comes next.
			return true;
		}
		// The room comes first: a call gives it back after it is counted as taken.
		return this.mailbox.size() == 0 && (loop == null || !loop.isUnderWay()) && !this.handler.work().isRead()
				&& (this.ownership.isFree() || (this.mailbox.isSlept() && this.ownership.running() == null));
	}

	/** Returns whether a manual handler has not been processed for a while. */
	private boolean isDeserted() {
		if (this.handler.options().processing() != Processing.MANUAL) {
			return false;
		}
		int turns = this.handler.work().turns();
		boolean free = this.ownership.isFree();
		long now = this.handler.now();
		synchronized (this) {
			if (!free || turns != this.turnsSeen) {
				this.turnsSeen = turns;
				this.desertedSince = now;
			}
			return free && now - this.desertedSince >= PATIENCE;
		}
	}

	/**
	 * Returns whether nothing runs, is queued or has its place. Called under the lock.
	 */
	boolean isIdle() {
		GateControl gate = this.ownership.gateControl();
		if (this.mailbox.size() > 0 || this.ownership.running() != null || this.handler.work().isRead()
				|| (gate != null && (this.ownership.isOccupied() || !gate.isOpen()))) {
			return false;
		}
		return (this.owner.thread() != null) ? this.mailbox.isSlept() : (gate == null || this.ownership.isFree());
	}

	/** Gives an owner that has just run its last call a moment to notice. */
	void awaitSleep() {
		for (int i = 0; i < MOMENTS && isAboutToSleep(); i++) {
			Waits.spin();
		}
	}

	private boolean isAboutToSleep() {
		return !this.mailbox.isSlept() && this.mailbox.size() == 0 && this.ownership.running() == null
				&& this.ownership.gateControl() == null && this.owner.thread() != null;
	}

}
