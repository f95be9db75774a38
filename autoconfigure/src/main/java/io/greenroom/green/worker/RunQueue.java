package io.greenroom.green.worker;

import java.util.Comparator;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

/**
 * A worker's schedule: the ready steps, the timers that are not due yet, and the time.
 * Time stands still while a thread can run, and jumps to the next timer when none is
 * ready. It advances slightly while all threads only yield, so that a spinning thread
 * meets its timeout. Everything here is guarded by the queue's own monitor, which is
 * never held while an action runs.
 */
final class RunQueue<S> {

	/**
	 * How far time advances in a round in which all threads only yield, in nanoseconds.
	 */
	private static final long YIELD_ROUND_NANOS = 1_000;

	private final Order<S> ready;

	private final TreeSet<Timer> timers = new TreeSet<>(
			Comparator.comparingLong(Timer::due).thenComparingLong(Timer::number));

	private long timersMade;

	/** How many threads have yielded since one was woken or started. */
	private int yields;

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

	synchronized void addYielded(S step) {
		this.ready.addYielded(step);
		if (++this.yields >= this.ready.size()) {
			this.yields = 0;
			this.now += YIELD_ROUND_NANOS;
		}
	}

	synchronized @Nullable S poll() {
		return this.ready.poll();
	}

	/** Returns the next step unless a timer or the limit comes first. */
	synchronized @Nullable S pollBefore(long limit) {
		boolean timeFirst = this.now >= limit || (!this.timers.isEmpty() && this.timers.first().due() <= this.now);
		return timeFirst ? null : this.ready.poll();
	}

	synchronized boolean hasReady() {
		return this.ready.size() > 0;
	}

	Runnable schedule(long nanos, Runnable action) {
		Timer timer = insert(nanos, action);
		return () -> remove(timer);
	}

	private synchronized Timer insert(long nanos, Runnable action) {
		long due = this.now + nanos;
		Timer timer = new Timer((due < 0) ? Long.MAX_VALUE : due, this.timersMade++, action);
		this.timers.add(timer);
		return timer;
	}

	private synchronized void remove(Timer timer) {
		this.timers.remove(timer);
	}

	/** Advances the time to the next timer, unless that is beyond the limit. */
	synchronized boolean skipToTimer(long limit) {
		if (this.timers.isEmpty() || this.timers.first().due() > limit) {
			return false;
		}
		skipTo(this.timers.first().due());
		return true;
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
		return (!this.timers.isEmpty() && this.timers.first().due() <= this.now) ? this.timers.pollFirst() : null;
	}

	/** Waits in real time, up to the limit, until something is ready. */
	@SuppressWarnings("WaitNotInLoop") // the caller checks again in any case
	synchronized void awaitReady(long millis) throws InterruptedException {
		if (this.ready.size() == 0) {
			wait(millis);
		}
	}

	private record Timer(long due, long number, Runnable action) {
	}

}
