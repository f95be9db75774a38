package io.greenroom.green.worker;

import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import io.greenroom.green.internal.Timing;
import org.jspecify.annotations.Nullable;

/**
 * A worker's schedule: the ready steps, the timers that are not due yet, and the time.
 * Time stands still while a thread can run, and jumps to the next timer when none is
 * ready, if it passes for any. It advances slightly while all threads only yield, so that
 * a spinning thread meets its timeout. Everything here is guarded by the queue's own
 * monitor, which is never held while an action runs.
 */
final class RunQueue<S> {

	/**
	 * A timer that is set this many nanoseconds ahead, which are 73 years, never fires.
	 * Waits without a limit are rounded down to about four times as much.
	 */
	private static final long NEVER = Long.MAX_VALUE / 4;

	private final Order<S> ready;

	private final TreeSet<Timer> timers = new TreeSet<>(
			Comparator.comparingLong(Timer::due).thenComparingLong(Timer::number));

	/** How many timers are set, of each kind; none where there is no number. */
	private final Map<Timing, Integer> armed = new EnumMap<>(Timing.class);

	private long timersMade;

	/** How many threads have yielded since one was woken or started. */
	private int yields;

	/**
	 * The ready steps of threads that have yielded since the time began to stand still;
	 * {@code null} while it passes.
	 */
	private @Nullable Set<S> yielded;

	/** Volatile, so that it can be read without the monitor. */
	private volatile long now;

	RunQueue(Order<S> ready) {
		this.ready = ready;
	}

	long now() {
		return this.now;
	}

	synchronized void add(S step) {
		this.yields = 0;
		this.ready.add(step);
		notifyAll();
	}

	/**
	 * Adds a step of a thread that has yielded.
	 * @param round how far time advances in a round in which all threads only yield, in
	 * nanoseconds
	 * @return whether they have done so
	 */
	synchronized boolean addYielded(S step, long round) {
		this.ready.addYielded(step);
		if (this.yielded != null) {
			this.yielded.add(step);
			return false;
		}
		if (++this.yields < this.ready.size()) {
			return false;
		}
		this.yields = 0;
		this.now += round;
		return true;
	}

	/** Sets whether the time stands still while all threads only yield. */
	synchronized void still(boolean stand) {
		this.yielded = stand ? new HashSet<>() : null;
	}

	/** Returns whether all that is ready has yielded since the time stands still. */
	synchronized boolean hasOnlyYielded() {
		return this.yielded != null && this.ready.size() > 0 && this.yielded.size() == this.ready.size();
	}

	synchronized @Nullable S poll() {
		S next = this.ready.poll();
		if (this.yielded != null && next != null) {
			this.yielded.remove(next);
		}
		return next;
	}

	/** Returns the next step unless a timer or the limit comes first. */
	synchronized @Nullable S pollBefore(long limit) {
		boolean timeFirst = this.now >= limit || (!this.timers.isEmpty() && this.timers.first().due() <= this.now);
		return timeFirst ? null : this.ready.poll();
	}

	/**
	 * Returns the action of the next timer if it comes before the next step and the
	 * limit, and advances the time to it; {@code null} also if something is only looked
	 * at then.
	 */
	synchronized @Nullable Runnable pollTimerBefore(long limit, Set<Timing> passesFor, Set<Timing> held) {
		if (this.now >= limit || this.timers.isEmpty()) {
			return null;
		}
		Timer first = this.timers.first();
		boolean due = first.due() <= this.now;
		if (first.timing() == Timing.LOOK
				|| (!due && (this.ready.size() > 0 || first.due() >= limit || !jumps(passesFor, held)))) {
			return null;
		}
		skipTo(first.due());
		return pollFirst().action();
	}

	private Timer pollFirst() {
		Timer first = this.timers.removeFirst();
		count(first.timing());
		return first;
	}

	synchronized boolean hasReady() {
		return this.ready.size() > 0;
	}

	Runnable schedule(long nanos, Timing timing, Runnable action) {
		if (nanos >= NEVER) {
			return () -> {
			};
		}
		Timer timer = insert(nanos, timing, action);
		return () -> remove(timer);
	}

	private synchronized Timer insert(long nanos, Timing timing, Runnable action) {
		long due = this.now + nanos;
		Timer timer = new Timer((due < 0) ? Long.MAX_VALUE : due, this.timersMade++, timing, action);
		this.timers.add(timer);
		this.armed.merge(timing, 1, Integer::sum);
		return timer;
	}

	private synchronized void remove(Timer timer) {
		if (this.timers.remove(timer)) {
			count(timer.timing());
		}
	}

	/** Counts a timer that is no longer set. */
	private void count(Timing kind) {
		this.armed.computeIfPresent(kind, (any, number) -> (number > 1) ? number - 1 : null);
	}

	/** Returns whether a timer of one of these kinds is set. */
	synchronized boolean isArmed(Set<Timing> kinds) {
		return !Collections.disjoint(this.armed.keySet(), kinds);
	}

	/**
	 * Advances the time to the next timer, of any kind, unless that is beyond the limit,
	 * or no timer is set for which the time passes, or a step has become ready meanwhile.
	 * @param held for which timers the time does not jump
	 * @return whether a timer is due or a step is ready now
	 */
	synchronized boolean skipToTimer(long limit, Set<Timing> passesFor, Set<Timing> held) {
		if (this.ready.size() > 0) {
			return true;
		}
		if (this.timers.isEmpty() || this.timers.first().due() > limit || !jumps(passesFor, held)) {
			return false;
		}
		skipTo(this.timers.first().due());
		return true;
	}

	/** Returns whether the time jumps to the first timer. */
	private boolean jumps(Set<Timing> passesFor, Set<Timing> held) {
		if (held.isEmpty()) {
			return isArmed(passesFor);
		}
		return !held.contains(this.timers.first().timing())
				&& passesFor.stream().anyMatch((kind) -> !held.contains(kind) && this.armed.containsKey(kind));
	}

	/**
	 * Lets the time pass that has passed in reality, up to the next timer and the limit,
	 * if there is a limit or a timer for which it passes.
	 */
	synchronized void pass(long nanos, long limit, Set<Timing> passesFor) {
		if (limit < Long.MAX_VALUE || isArmed(passesFor)) {
			long until = this.timers.isEmpty() ? limit : Math.min(limit, this.timers.first().due());
			skipTo(Math.min(this.now + nanos, until));
		}
	}

	synchronized void skipTo(long time) {
		this.now = Math.max(this.now, time);
	}

	/** Runs due timers, in the order of their times and then of registration. */
	void fireDue() {
		for (Timer due = pollDue(); due != null; due = pollDue()) {
			due.action().run();
		}
	}

	private synchronized @Nullable Timer pollDue() {
		return (this.timers.isEmpty() || this.timers.first().due() > this.now) ? null : pollFirst();
	}

	/**
	 * Waits in real time until something is ready, or may be due if the time passes as in
	 * reality, up to the limit.
	 */
	@SuppressWarnings("WaitNotInLoop") // the caller checks again in any case
	synchronized void awaitReady(long millis) throws InterruptedException {
		if (this.ready.size() == 0) {
			wait(this.timers.isEmpty() ? millis : Math.clamp(millisTo(this.timers.first().due()), 1, millis));
		}
	}

	private long millisTo(long due) {
		return (due - this.now) / 1_000_000;
	}

	private record Timer(long due, long number, Timing timing, Runnable action) {
	}

}
