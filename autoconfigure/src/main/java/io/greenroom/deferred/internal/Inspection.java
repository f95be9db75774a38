package io.greenroom.deferred.internal;

import java.time.Duration;

import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.Processing;
import org.jspecify.annotations.Nullable;

/**
 * Inspects a handler at intervals: has it give its thread back after a quiet time, and
 * forget its last caller, reports bodies that are busy for too long, and wakes the
 * handler if a wake-up was lost. Confined to the thread that inspects.
 */
final class Inspection {

	/** How many times a watched handler is inspected within its limit. */
	private static final int LOOKS_PER_LIMIT = 4;

	/** The pause between inspections of a handler without a limit. */
	private static final Duration LOOK = Duration.ofSeconds(1);

	/**
	 * How long nothing must happen before a handler gives its thread back, in
	 * nanoseconds.
	 */
	private static final long REST_AFTER = 1_000_000_000;

	private final HandlerEngine engine;

	/** {@code null} if the handler has no limit for being busy. */
	private final @Nullable BusyWatch watch;

	/** {@code null} if calls may wait for any time. */
	private final @Nullable WaitWatch waits;

	/** The mark at the last inspection. */
	private long lastMark = -1;

	/** Since when the mark has not changed. */
	private long quietSince;

	Inspection(HandlerEngine engine) {
		this.engine = engine;
		HandlerOptions options = engine.core().options();
		this.watch = isLimited(options) ? new BusyWatch(engine.core(), engine.processor()) : null;
		this.waits = (isLimited(options) && options.waitLimit().isPositive())
				? new WaitWatch(engine.core(), engine.mailbox()) : null;
	}

	private static boolean isLimited(HandlerOptions options) {
		return options.busyLimit().isPositive();
	}

	/** Returns the pause between two inspections. */
	Duration pause() {
		return pause(this.engine.core().options(), LOOK);
	}

	/**
	 * Returns how often a handler with these options is to be looked at.
	 * @param options the options
	 * @param otherwise how often if it may be busy for as long as it likes
	 */
	static Duration pause(HandlerOptions options, Duration otherwise) {
		if (!isLimited(options)) {
			return otherwise;
		}
		boolean waitIsShorter = options.waitLimit().isPositive()
				&& options.waitLimit().compareTo(options.busyLimit()) < 0;
		return (waitIsShorter ? options.waitLimit() : options.busyLimit()).dividedBy(LOOKS_PER_LIMIT);
	}

	void look() {
		long now = this.engine.core().now();
		if (this.watch != null) {
			this.watch.look(now);
		}
		if (this.waits != null) {
			this.waits.look();
		}
		long mark = this.engine.mark();
		if (mark != this.lastMark || !isIdle()) {
			this.lastMark = mark;
			this.quietSince = now;
		}
		else if (now - this.quietSince >= REST_AFTER) {
			CallerRuns lent = this.engine.ownership().callerRuns();
			if (lent != null) {
				lent.forgetCaller();
			}
			this.engine.lifecycle().owner().rest();
		}
		if (this.engine.mailbox().size() > 0 && this.engine.ownership().running() == null) {
			// A caller whose stack overflowed may have queued its call without waking
			// anybody. Waking once too often does no harm.
			this.engine.mailbox().wake();
		}
	}

	/**
	 * Returns whether the processing thread waits, or there is none and nothing is
	 * queued.
	 */
	private boolean isIdle() {
		return this.engine.processor().isWaiting() || (this.engine.core().options().processing() == Processing.MANUAL
				&& this.engine.ownership().isFree() && this.engine.mailbox().size() == 0);
	}

	/**
	 * Returns since when a hold was seen busy with a call, in the handler's time; zero if
	 * it was not seen. May be called by any thread.
	 */
	long busySince(Hold held, Call call) {
		return (this.watch != null) ? this.watch.since(held, call) : 0;
	}

	/** Returns whether there is nothing to inspect until the next call. */
	boolean isAtRest() {
		return (this.watch == null || this.engine.runsOnOwnerOnly()) && this.engine.lifecycle().owner().isAtRest();
	}

}
