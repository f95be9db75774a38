package io.greenroom.deferred.internal;

import io.greenroom.deferred.Processing;
import io.greenroom.green.GreenThread;
import io.greenroom.green.SchedulerClosedException;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.ForeignCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The green thread that owns a handler: when it starts, what it does, and when it is
 * given back.
 * <p>
 * A handler that is not called for a while gives its thread back, because that thread's
 * stack is most of what an idle handler weighs. The next call starts another. As long as
 * a handler has no thread, the scheduler does not keep it alive.
 */
final class OwnerThread {

	private static final Logger log = LoggerFactory.getLogger(HandlerLog.NAME);

	private final HandlerCore handler;

	private final Mailbox mailbox;

	private final Ownership ownership;

	/** Also the lock of this object. */
	private final HandlerPhases phases;

	private final HandlerEnding ending;

	/** {@code null} if the handler's class has no loop. */
	private final @Nullable UserLoop loop;

	/** {@code null} if the target came with the handler. */
	private final @Nullable Making making;

	/**
	 * The class loader of the thread that made the handler: the owner's, or the first
	 * caller's. A thread of the common pool would bring the wrong one.
	 */
	private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

	/** Guarded by the phases. */
	private @Nullable GreenThread<Void> thread;

	/** Whether the scheduler knows the handler; guarded by the phases. */
	private boolean attached;

	/** Whether the scheduler no longer keeps the handler alive; guarded by the phases. */
	private boolean released;

	/** Whether the owner may give its thread back when it next finds nothing to do. */
	private volatile boolean resting;

	/** Whether the target must not be used any more; written by the holder. */
	private volatile boolean spent;

	OwnerThread(HandlerCore handler, Mailbox mailbox, Ownership ownership, HandlerPhases phases, HandlerEnding ending) {
		this.handler = handler;
		this.mailbox = mailbox;
		this.ownership = ownership;
		this.phases = phases;
		this.ending = ending;
		HandlerHost host = handler.host();
		HandlerMethod method = handler.type().loop();
		this.loop = (method != null) ? new UserLoop(handler, method, mailbox, phases::isClosing) : null;
		this.making = (host != null) ? new Making(handler, host, mailbox, () -> ownership.gatedBy(null)) : null;
	}

	/** Returns the user's loop, or {@code null} if there is none. */
	@Nullable UserLoop loop() {
		return this.loop;
	}

	/** Returns what makes the target, or {@code null} if it came with the handler. */
	@Nullable Making making() {
		return this.making;
	}

	/** Returns the thread, or {@code null} if there is none now. */
	@Nullable GreenThread<Void> thread() {
		synchronized (this.phases) {
			return this.thread;
		}
	}

	/**
	 * Creates the handler known to its scheduler, starts the owner, and lets calls in.
	 */
	void begin(boolean withOwner) {
		synchronized (this.phases) {
			if (this.phases.isStopped()) {
				return;
			}
			boolean first = !this.attached;
			if (first) {
				this.handler.attach();
				this.attached = true;
			}
			boolean owned = (this.handler.options().processing() == Processing.OWNER);
			if (owned && withOwner && this.thread == null) {
				start(first);
			}
			if (!owned || this.thread != null) {
				retain();
				this.mailbox.attended();
				this.phases.letIn();
			}
		}
	}

	/** Called under the lock. */
	private void start(boolean first) {
		try {
			this.thread = this.handler.scheduler().spawnDetached("handler-" + this.handler.name(), this::own);
		}
		finally {
			if (this.thread == null && first) {
				// If nobody calls again, nothing else would ever let go of it.
				this.attached = false;
				this.handler.detach();
			}
		}
	}

	/** What the owner does from its start to its end. */
	private void own() {
		Thread.currentThread().setContextClassLoader(this.classLoader);
		if (!this.handler.work().take()) {
			return;
		}
		boolean rests = false;
		try {
			if (this.loop != null) {
				this.loop.run();
				this.phases.closeUnlessRejecting();
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
			while (!this.phases.isStopped() && !(this.phases.endsWhenEmpty() && this.mailbox.closeIfEmpty()));
			this.ending.end(null);
		}
		catch (Throwable failure) {
			this.ending.end(failure);
			Failures.log(log, Level.ERROR, failure,
					"The processing loop of handler '{}' died; its callers are told: {}", this.handler.name(),
					this.ending.report().leftByName());
		}
		finally {
			if (!rests && this.ownership.isMine()) {
				tellEnded();
				this.ownership.release();
			}
		}
	}

	/** Owner: lets go of a target that must not be used any more. */
	private void unmakeSpent() {
		if (this.spent && this.making != null) {
			this.spent = false;
			this.making.unmake();
			// Unless a call comes, nothing keeps the thread here.
			this.resting = true;
		}
	}

	/** Owner: has the target made if there is a call for it. */
	private void serveUnmade(Making target) {
		this.mailbox.attend(Thread.currentThread());
		if (!this.mailbox.isEmpty() && !this.phases.isStopped()) {
			// If that fails, nobody may ever call again.
			this.resting |= !target.make(this.ending);
		}
		else if (!pausesWhenEmpty()) {
			// A call with a reserved place may come when its transaction ends.
			this.mailbox.sleep(Long.MAX_VALUE);
		}
	}

	/** Tells the host, once the handler has ended, that its target is not needed. */
	void tellEnded() {
		if (this.making != null && this.phases.isStopped()) {
			ForeignCode.run(log, "The end of a handler's target", this.making.host()::ended);
		}
	}

	/** Returns whether the owner should look further when nothing is left to run. */
	boolean pausesWhenEmpty() {
		return this.resting || this.phases.endsWhenEmpty();
	}

	/** Asks the owner to give its thread back if nothing comes. Any thread may ask. */
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
	private void restUnattended() {
		synchronized (this.phases) {
			if (this.attached && !this.released && !this.phases.isClosing() && this.ownership.isFree()
					&& this.mailbox.leaveUnused()) {
				release();
			}
		}
	}

	/** Owner: gives its thread back, unless something has come. */
	private boolean rests() {
		synchronized (this.phases) {
			this.resting = false;
			// A reading thread may be late, and only the owner looks for that.
			if (this.phases.endsWhenEmpty() || this.handler.work().isRead() || !this.mailbox.leaveUnattended()) {
				return false;
			}
			if (this.ownership.gateControl() != null) {
				// The target itself may want the handler meanwhile.
				this.ownership.release();
			}
			else {
				this.ownership.rest();
			}
			this.thread = null;
			release();
			if (this.making != null) {
				this.making.host().rested();
			}
			return true;
		}
	}

	/**
	 * Lets the handler live only as long as it is referenced. In a drain it stays, for
	 * the sake of its report. Called under the lock.
	 */
	private void release() {
		if (!this.phases.isDrained()) {
			this.released = true;
			this.handler.release();
		}
	}

	/** Has the scheduler keep the handler alive and inspect it. Called under the lock. */
	private void retain() {
		this.released = false;
		this.handler.retain();
	}

	/** Keeps the handler for the report of a scheduler that drains. */
	void drained() {
		synchronized (this.phases) {
			this.phases.drained();
			retain();
		}
	}

	/** Returns whether the owner has given its thread back, and nothing wakes it yet. */
	boolean isAtRest() {
		synchronized (this.phases) {
			return this.attached && this.thread == null && this.handler.options().processing() == Processing.OWNER
					&& this.mailbox.size() == 0;
		}
	}

	/**
	 * Starts another thread for an owner at rest; returns whether there is one. Throws
	 * what kept it from starting, unless that is the end of the scheduler.
	 */
	boolean wake() {
		synchronized (this.phases) {
			if (this.phases.endsWhenEmpty()) {
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
	}

	/** Holder: has another target made for the next call. */
	void renew() {
		if (this.making == null) {
			throw new IllegalStateException(
					"%s is in no family, so its target cannot be replaced".formatted(this.handler.name()));
		}
		this.spent = true;
	}

	/** Wakes an owner at rest, so that a spent target is released without a call. */
	void wakeResting() {
		synchronized (this.phases) {
			if (this.attached && this.thread == null) {
				wake();
			}
		}
	}

	/** Returns whether there is no target, or none that may still be used. */
	boolean isUnmade() {
		return !this.handler.isMade() || this.spent;
	}

	/**
	 * Starts the thread on which a handler at rest ends; returns whether there is one.
	 * Called under the lock.
	 */
	boolean startLast() {
		try {
			start(false);
			this.mailbox.attended();
			return true;
		}
		catch (SchedulerClosedException | OutOfMemoryError none) {
			return false;
		}
	}

}
