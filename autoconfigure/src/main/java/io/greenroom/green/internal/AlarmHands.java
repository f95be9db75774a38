package io.greenroom.green.internal;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import io.greenroom.observe.internal.ForeignCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Run what an {@link AlarmClock} hands them on one thread, and on another if that one is
 * blocked: an interrupt closes the channel that a thread is blocked on, and a user's
 * channel may take any time for it. Unless noted otherwise, methods are called by the
 * clock's thread.
 */
final class AlarmHands {

	private static final Logger log = LoggerFactory.getLogger("io.greenroom.green.GreenScheduler");

	/** How long due actions wait for the running one, in nanoseconds. */
	static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(10);

	private final Queue<AlarmClock.Alarm> due = new ConcurrentLinkedQueue<>();

	/**
	 * The thread that runs the actions. A blocked thread is replaced, and ends when it is
	 * free again.
	 */
	private final AtomicReference<@Nullable Thread> doer = new AtomicReference<>();

	/** How many actions were run; approximate while two threads run them. */
	private volatile long done;

	/** The number at the clock's last look, and since when; confined to the clock. */
	private long seen;

	private long seenAt;

	void give(AlarmClock.Alarm alarm) {
		if (this.due.isEmpty()) {
			this.seenAt = System.nanoTime();
		}
		this.due.add(alarm);
	}

	boolean hasWork() {
		return !this.due.isEmpty();
	}

	/** Starts a thread if there is work to do; returns whether there is none. */
	boolean work() {
		if (this.due.isEmpty()) {
			return true;
		}
		long now = System.nanoTime();
		if (this.done != this.seen) {
			this.seen = this.done;
			this.seenAt = now;
		}
		Thread thread = this.doer.get();
		if (thread != null && now - this.seenAt >= PATIENCE) {
			this.doer.compareAndSet(thread, null);
			this.seenAt = now;
			thread = null;
		}
		if (thread == null) {
			OnDemand.start("greenroom-alarms", this.doer, this::doAll);
		}
		else {
			LockSupport.unpark(thread);
		}
		return false;
	}

	/** Called by the thread that runs the actions. */
	@SuppressWarnings("NonAtomicVolatileUpdate") // any change is progress
	private void doAll() {
		Thread current = Thread.currentThread();
		long busyAt = System.nanoTime();
		do {
			AlarmClock.Alarm alarm = this.due.poll();
			if (alarm != null) {
				Runnable action = alarm.claim();
				if (action != null) {
					ForeignCode.run(log, "An alarm", action::run);
				}
				this.done++;
				busyAt = System.nanoTime();
			}
			else {
				LockSupport.parkNanos(this, AlarmClock.LINGER);
			}
			Thread.interrupted();
		}
		while (this.doer.get() == current && (System.nanoTime() - busyAt < AlarmClock.LINGER
				|| !OnDemand.leave(current, this.doer, this.due::isEmpty)));
	}

}
