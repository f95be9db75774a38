package io.greenroom.deferred.internal;

import java.time.Duration;

import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.Processing;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a handler now and then: has it give its thread back when it was quiet, tells
 * of bodies that are busy for too long, and wakes it where a wake-up was lost. Confined
 * to the thread that looks.
 */
final class Inspection {

	/** How often a watched handler is looked at while its limit goes by. */
	private static final int LOOKS_PER_LIMIT = 4;

	/** How often a handler is looked at that may be busy for as long as it likes. */
	private static final Duration LOOK = Duration.ofSeconds(1);

	/** How long nothing must have happened before a handler gives its thread back. */
	private static final long REST_AFTER = 1_000_000_000;

	private final HandlerEngine engine;

	/** Nothing where the handler may be busy for as long as it likes. */
	private final @Nullable BusyWatch watch;

	/** Nothing where calls may wait for as long as they like. */
	private final @Nullable WaitWatch waits;

	/** What had happened when it was last looked at. */
	private long lastMark = -1;

	/** Since when no more has. */
	private long quietSince;

	Inspection(HandlerEngine engine) {
		this.engine = engine;
		HandlerOptions options = engine.core().options();
		this.watch = isLimited(options) ? new BusyWatch(engine.core(), engine.processor()) : null;
		this.waits = (isLimited(options) && options.waitLimit().isPositive())
				? new WaitWatch(engine.core(), engine.gauges()) : null;
	}

	private static boolean isLimited(HandlerOptions options) {
		return options.busyLimit().isPositive();
	}

	/** Returns how often the handler is to be looked at. */
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
		long now = System.nanoTime();
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
			this.engine.lifecycle().owner().rest();
		}
		if (this.engine.mailbox().size() > 0 && this.engine.ownership().running() == null) {
			// A caller whose stack overflowed may have queued its call and not have come
			// to wake anybody. Waking once too often does no harm.
			this.engine.mailbox().wake();
		}
	}

	/**
	 * Returns whether the processing thread waits, or nobody does and nothing is queued.
	 */
	private boolean isIdle() {
		return this.engine.processor().isWaiting() || (this.engine.core().options().processing() == Processing.MANUAL
				&& this.engine.ownership().isFree() && this.engine.mailbox().size() == 0);
	}

	/**
	 * Returns since when a hold was seen busy with a call; zero if nobody has seen it.
	 * May be asked by any thread.
	 */
	long busySince(Hold held, Call call) {
		return (this.watch != null) ? this.watch.since(held, call) : 0;
	}

	/** Returns whether there is nothing to look at till the next call. */
	boolean isAtRest() {
		return (this.watch == null || this.engine.runsOnOwnerOnly()) && this.engine.lifecycle().owner().isAtRest();
	}

}
