package io.greenroom.deferred.internal;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

import io.greenroom.green.GreenThread;
import io.greenroom.green.SchedulerClosedException;
import io.greenroom.green.WorkReport;
import io.greenroom.observe.internal.Failures;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * A handler's way from its first call to its end, composed of its
 * {@linkplain HandlerPhases phases}, its {@linkplain OwnerThread owner}, its
 * {@linkplain HandlerActivity activity}, and its {@linkplain HandlerEnding end}.
 */
final class HandlerLifecycle {

	private static final Logger log = LoggerFactory.getLogger(HandlerLog.NAME);

	/** The first pause between two looks at what a wait for the end waits for. */
	private static final Duration FIRST_LOOK = Duration.ofMillis(50);

	/** The longest such pause. */
	private static final Duration LAST_LOOK = Duration.ofSeconds(1);

	/** How long a killed owner gets to tell the caller of a call it did not begin. */
	private static final Duration LAST_WORDS = Duration.ofSeconds(1);

	private final HandlerCore handler;

	private final Ownership ownership;

	private final HandlerPhases phases;

	private final HandlerEnding ending;

	private final OwnerThread owner;

	private final HandlerActivity activity;

	HandlerLifecycle(HandlerCore handler, Mailbox mailbox, Ownership ownership) {
		this.handler = handler;
		this.ownership = ownership;
		this.phases = new HandlerPhases(handler, mailbox);
		this.ending = new HandlerEnding(handler, mailbox, ownership, this.phases);
		this.owner = new OwnerThread(handler, mailbox, ownership, this.phases, this.ending);
		this.activity = new HandlerActivity(handler, mailbox, ownership, this.phases, this.owner);
	}

	HandlerPhases phases() {
		return this.phases;
	}

	HandlerEnding ending() {
		return this.ending;
	}

	OwnerThread owner() {
		return this.owner;
	}

	/** Lets in a call that came while the handler was not simply open, or rejects it. */
	void admit(Call call) {
		if (this.phases.isRejecting()) {
			throw this.handler.rejections().stopped(call, this.phases.death());
		}
		UserLoop loop = this.owner.loop();
		boolean canServe = loop == null || loop.isStarted();
		if (loop != null && !canServe) {
			if (this.phases.isClosing()) {
				// Nobody starts a loop any more.
				throw this.handler.rejections().stopped(call, null);
			}
			loop.rejectFromStarter(call);
		}
		try {
			this.owner.begin(canServe);
		}
		catch (SchedulerClosedException closed) {
			throw this.handler.rejections().stopped(call, null);
		}
		catch (OutOfMemoryError rejected) {
			throw this.handler.rejections().notStarted(call, rejected);
		}
	}

	/** Says who starts the loop, if there is one. */
	void startedBy(Predicate<Thread> starter, String remedy) {
		UserLoop loop = this.owner.loop();
		if (loop != null) {
			loop.startedBy(starter, remedy);
		}
	}

	/** Returns whether nothing is served before the current thread starts the loop. */
	boolean waitsForCaller() {
		UserLoop loop = this.owner.loop();
		return loop != null && loop.waitsForCaller();
	}

	/** Starts the owner of a handler that has a loop. */
	void startLoop() {
		UserLoop loop = this.owner.loop();
		if (loop == null) {
			return;
		}
		loop.start();
		try {
			this.owner.begin(true);
		}
		catch (SchedulerClosedException closed) {
			this.ending.end(null);
		}
		catch (Throwable rejected) {
			Failures.log(log, Level.ERROR, rejected,
					"The processing loop of handler '{}' could not be started; the next call tries again",
					this.handler.name());
		}
	}

	/** Returns whether the target is being made. */
	boolean isMaking() {
		Making making = this.owner.making();
		return making != null && making.isUnderWay();
	}

	/**
	 * Ends the handler if it has nothing to do; returns whether it ends.
	 * @param unmade whether a handler that has a target goes on
	 */
	boolean retire(boolean unmade) {
		Making target = this.owner.making();
		if (target == null) {
			throw new IllegalStateException(
					"%s is in no family and cannot be retired; close it".formatted(this.handler.name()));
		}
		this.activity.awaitSleep();
		synchronized (this.phases) {
			// A handler that has nothing to lose also ends during a shutdown.
			boolean stays = this.phases.isClosing() && target.isMade();
			if (stays || this.phases.isStopped() || !this.activity.isIdle() || (unmade && target.isMade())) {
				return this.phases.isStopped();
			}
			this.phases.close();
			if (this.owner.thread() != null || (target.isMade() && this.owner.startLast())) {
				return true;
			}
		}
		this.ending.end(null);
		this.owner.tellEnded();
		return true;
	}

	/** Rejects calls from outside, because the scheduler drains. */
	void reject() {
		this.owner.drained();
		this.handler.rejections().drained();
		this.phases.reject();
		// Most handlers have nothing left to do, and a hundred thousand of them would
		// need the memory of their threads for their shutdown.
		this.owner.rest();
	}

	boolean isQuiet() {
		return this.activity.isQuiet();
	}

	/** Takes no more calls, runs those there are within the grace period, and ends. */
	void stop(Duration grace) throws InterruptedException {
		this.phases.close();
		GreenThread<Void> thread = this.owner.thread();
		boolean news = !this.phases.isStopped();
		// A bean is destroyed after the drain of its scheduler, which has waited already.
		if (isInOwnBody() || (thread != null && hasEnded(thread, news ? grace : Duration.ZERO))) {
			return;
		}
		this.ending.end(null);
		this.ending.leaveRunning();
		if (thread != null) {
			thread.kill();
			awaitLastWords(thread);
		}
		logLeft(grace, news);
	}

	/**
	 * Stops within the time that callers wait. An interrupt cuts the wait short and stays
	 * set.
	 */
	void close() {
		try {
			stop(this.handler.options().timeout());
		}
		catch (InterruptedException ex) {
			stopNow();
			Thread.currentThread().interrupt();
		}
	}

	private void stopNow() {
		try {
			stop(Duration.ZERO);
		}
		catch (InterruptedException again) {
			// All waiting threads have been told before.
		}
	}

	/**
	 * Returns whether the current thread runs a body of this handler, also a read-only
	 * one or one further down the chain of calls. Such a body sees the end when it has
	 * returned.
	 */
	private boolean isInOwnBody() {
		return this.ownership.isMine() || Hold.of(this.handler) != null
				|| (Hold.current() != null && WaitGraph.isWaitedForBy(this.handler, Thread.currentThread()));
	}

	/**
	 * Waits for the owner's end. Checks at intervals whether the owner waits for the
	 * current thread: a caller says that it waits a moment after its call may have begun.
	 */
	private boolean hasEnded(GreenThread<Void> thread, Duration grace) throws InterruptedException {
		Duration left = grace;
		Duration pause = FIRST_LOOK;
		while (true) {
			Duration now = (left.compareTo(pause) < 0) ? left : pause;
			if (this.handler.engine().awaitEnd(thread, now.toNanos()) || isInOwnBody()) {
				return true;
			}
			left = left.minus(now);
			if (!left.isPositive()) {
				return false;
			}
			pause = (pause.compareTo(LAST_LOOK) < 0) ? pause.multipliedBy(2) : LAST_LOOK;
		}
	}

	/**
	 * An owner that runs no body may have taken a call out without beginning it. It tells
	 * that call's caller, and counts it, before it ends.
	 */
	private void awaitLastWords(GreenThread<Void> thread) throws InterruptedException {
		if (this.ownership.running() == null) {
			this.handler.engine().awaitEnd(thread, LAST_WORDS.toNanos());
		}
	}

	private void logLeft(Duration grace, boolean news) {
		synchronized (this.phases) {
			WorkReport report = report();
			if (news && !this.phases.isDrained() && !report.left().isEmpty()) {
				log.warn("Handler '{}' was stopped after {} with {} calls left, whose callers were told: {}",
						this.handler.name(), grace, report.left().size(), report.leftByName());
			}
		}
	}

	List<GreenThread<?>> threads() {
		GreenThread<Void> thread = this.owner.thread();
		return (thread != null) ? List.of(thread) : List.of();
	}

	WorkReport report() {
		return this.ending.report();
	}

}
