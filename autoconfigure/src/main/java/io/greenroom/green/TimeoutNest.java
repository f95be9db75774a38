package io.greenroom.green;

import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.List;

import io.greenroom.observe.internal.Failures;
import org.jspecify.annotations.Nullable;

/**
 * The timeouts that one thread has entered, one inside the other. A thread has a single
 * interrupt flag for all of them and for all other purposes, so this class keeps track of
 * who has set it. A thread that leaves a block takes back the block's own interrupt, and
 * no other.
 * <p>
 * All of it is guarded by this. An alarm interrupts the thread under this lock, so that
 * no interrupt is on its way once a block has been left.
 */
final class TimeoutNest {

	/** How far to follow the causes of an exception, which may form a ring. */
	private static final int CAUSES = 20;

	private static final ThreadLocal<@Nullable TimeoutNest> CURRENT = new ThreadLocal<>();

	private final Thread thread = Thread.currentThread();

	/** Outermost first. */
	private final List<Level> levels = new ArrayList<>(2);

	private int expiries;

	/**
	 * Whether the flag was already set by someone else when the first timeout expired.
	 */
	private boolean foreign;

	private TimeoutNest() {
	}

	static TimeoutNest ofThisThread() {
		TimeoutNest nest = CURRENT.get();
		return (nest != null) ? nest : new TimeoutNest();
	}

	/** Returns whether the current thread must leave a block because its time is over. */
	static boolean isExpiredHere() {
		TimeoutNest nest = CURRENT.get();
		if (nest == null) {
			return false;
		}
		synchronized (nest) {
			return nest.outerExpired();
		}
	}

	/** Enters a further level. The innermost must be left first. */
	synchronized Level enter(long nanos) {
		if (!this.thread.isInterrupted()) {
			// The block has caught the interrupt and went on, so that is settled.
			this.levels.forEach((outer) -> outer.taken = outer.expired);
		}
		Level level = new Level();
		if (this.levels.isEmpty()) {
			CURRENT.set(this);
		}
		// The last step that may fail, because a level that was not entered must have no
		// alarm.
		if (nanos != 0 && nanos != Long.MAX_VALUE) {
			level.alarm = Blocking.alarm(nanos, level::expire);
		}
		if (nanos == 0) {
			level.expire();
		}
		this.levels.add(level);
		return level;
	}

	/** A block that has been entered. */
	final class Level {

		private boolean over;

		private volatile boolean expired;

		/** The ordinal of its expiry in this nest. */
		private int turn;

		/** Whether an earlier interrupt was still pending when this one came. */
		private boolean merged;

		/** Whether the block got the interrupt and went on. */
		private boolean taken;

		/** {@code null} without a limit. */
		private @Nullable Runnable alarm;

		private void expire() {
			synchronized (TimeoutNest.this) {
				if (this.over) {
					return;
				}
				this.over = true;
				this.merged = TimeoutNest.this.thread.isInterrupted();
				TimeoutNest.this.foreign |= this.merged && !outerExpired();
				this.turn = ++TimeoutNest.this.expiries;
				this.expired = true;
				Parking.interrupt(TimeoutNest.this.thread);
			}
		}

		boolean isExpired() {
			return this.expired;
		}

		void cancel() {
			synchronized (TimeoutNest.this) {
				this.over = true;
				if (this.alarm != null) {
					this.alarm.run();
				}
			}
		}

		/**
		 * Leaves the block, on its thread, and cleans up the interrupt flag.
		 * @param thrown what the block threw, or {@code null} if it returned
		 * @return whether the block was left because of this level's expiry
		 */
		boolean leave(@Nullable Throwable thrown) {
			synchronized (TimeoutNest.this) {
				TimeoutNest.this.levels.removeLast();
				if (TimeoutNest.this.levels.isEmpty()) {
					CURRENT.remove();
				}
				if (!this.expired) {
					cancel();
					return false;
				}
				boolean flag = Thread.interrupted();
				if (flag && isSomebodyElses()) {
					TimeoutNest.this.thread.interrupt();
				}
				boolean mine = !TimeoutNest.this.foreign && !outerExpired() && stemsFromInterrupt(thrown, flag);
				TimeoutNest.this.foreign &= anyExpired();
				return mine;
			}
		}

		private boolean isSomebodyElses() {
			return TimeoutNest.this.foreign || (this.merged && outerExpired())
					|| TimeoutNest.this.levels.stream().anyMatch((outer) -> outer.turn > this.turn);
		}

	}

	private boolean anyExpired() {
		return this.levels.stream().anyMatch((level) -> level.expired);
	}

	private boolean outerExpired() {
		return this.levels.stream().anyMatch((outer) -> outer.expired && !outer.taken);
	}

	/**
	 * Returns whether an exception stems from an interrupt, which blocking calls report
	 * in several ways.
	 */
	private static boolean stemsFromInterrupt(@Nullable Throwable thrown, boolean flag) {
		if (!(thrown instanceof Exception)) {
			return false;
		}
		Throwable reason = thrown;
		boolean found = flag;
		for (int i = 0; reason != null && i < CAUSES; i++) {
			if (reason instanceof TimeoutExpiredException) {
				return false;
			}
			found |= reason instanceof InterruptedException || reason instanceof ClosedByInterruptException
					|| (reason instanceof InterruptedIOException && !(reason instanceof SocketTimeoutException));
			reason = Failures.cause(reason);
		}
		return found;
	}

}
