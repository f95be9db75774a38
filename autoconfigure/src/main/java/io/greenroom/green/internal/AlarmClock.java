package io.greenroom.green.internal;

import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

import io.greenroom.observe.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * The clock that all alarms share. Setting and cancelling take no lock. A timer with a
 * lock could stall behind a virtual thread that gets no carrier, because all carriers are
 * busy with the very loops that an alarm should end.
 * <p>
 * The thread that keeps the time does nothing else; {@link AlarmHands} run what is due.
 * It ends half a second after the last alarm, so that it does not keep the class loader
 * of an application that has ended.
 */
public final class AlarmClock {

	/** How long a thread with nothing to do stays, in nanoseconds. */
	static final long LINGER = TimeUnit.MILLISECONDS.toNanos(500);

	/** The latest time that can be compared with any other: about 73 years. */
	private static final long FAR = Long.MAX_VALUE / 4;

	/** How many alarms may be set before the clock must look at them. */
	private static final int BACKLOG = 256;

	private static final AlarmClock SHARED = new AlarmClock();

	/** The alarms set since the clock last looked, latest first. */
	private final AtomicReference<@Nullable Alarm> incoming = new AtomicReference<>();

	/** The thread that keeps the time, while there are alarms. */
	private final AtomicReference<@Nullable Thread> keeper = new AtomicReference<>();

	private final LongAdder set = new LongAdder();

	private final AlarmHands hands = new AlarmHands();

	/** When the keeper looks again; written by it, read by threads that set alarms. */
	private volatile long wakeAt;

	/**
	 * Confined to the keeper, as are all fields below. Cancelled alarms are removed late.
	 */
	private final PriorityQueue<Alarm> waiting = new PriorityQueue<>((one, two) -> Long.signum(one.due - two.due));

	/** The alarms that were taken from the incoming ones and are still to be sorted. */
	private @Nullable Alarm unsorted;

	private int sweepAt = BACKLOG;

	private long busyAt;

	private AlarmClock() {
	}

	/**
	 * Schedules a short action after the given nanoseconds; running the returned action
	 * cancels it.
	 */
	public static Runnable set(long nanos, Runnable action) {
		return SHARED.add(nanos, action);
	}

	/** Returns about how many alarms are set. */
	public static long count() {
		return SHARED.set.sum();
	}

	private Alarm add(long nanos, Runnable action) {
		StackRoom.check();
		Alarm alarm = new Alarm(this.set, System.nanoTime() + Math.min(nanos, FAR), action);
		this.set.increment();
		try {
			push(alarm);
			Thread thread = this.keeper.get();
			if (thread == null) {
				OnDemand.start("greenroom-clock", this.keeper, this::keepTime);
			}
			else if (alarm.due - this.wakeAt < 0 || alarm.depth % BACKLOG == 0) {
				LockSupport.unpark(thread);
			}
			return alarm;
		}
		catch (Throwable notSet) {
			alarm.run();
			throw notSet;
		}
	}

	private void push(Alarm alarm) {
		Alarm before;
		do {
			before = this.incoming.get();
			alarm.next = before;
			alarm.depth = (before == null) ? 1 : before.depth + 1;
		}
		while (!this.incoming.compareAndSet(before, alarm));
	}

	private void keepTime() {
		Thread current = Thread.currentThread();
		this.busyAt = System.nanoTime();
		do {
			long now = System.nanoTime();
			long pause;
			try {
				sort();
				pause = ring(now);
			}
			catch (Throwable shortage) {
				// Most likely for lack of memory. Alarms are late rather than lost.
				pause = AlarmHands.PATIENCE;
				this.busyAt = now;
			}
			sleep(now, pause);
		}
		while (!isOver() || !OnDemand.leave(current, this.keeper, () -> this.incoming.get() == null));
	}

	private void sort() {
		do {
			while (this.unsorted != null) {
				Alarm alarm = this.unsorted;
				if (alarm.isSet()) {
					this.waiting.add(alarm);
				}
				this.unsorted = alarm.next;
				alarm.next = null;
			}
			this.unsorted = this.incoming.getAndSet(null);
		}
		while (this.unsorted != null);
		if (this.waiting.size() > this.sweepAt) {
			sweep();
		}
	}

	private void sweep() {
		this.waiting.removeIf((alarm) -> !alarm.isSet());
		this.sweepAt = Math.max(BACKLOG, 2 * this.waiting.size());
	}

	/** Hands out what is due; returns the nanoseconds until the next look. */
	private long ring(long now) {
		Alarm first = this.waiting.peek();
		while (first != null && (first.due - now <= 0 || !first.isSet())) {
			if (first.isSet()) {
				this.hands.give(first);
			}
			this.waiting.poll();
			first = this.waiting.peek();
		}
		if (this.waiting.size() > this.set.sum()) {
			sweep();
			first = this.waiting.peek();
		}
		long pause = (first != null) ? Math.min(first.due - now, LINGER) : LINGER;
		return this.hands.work() ? pause : Math.min(pause, AlarmHands.PATIENCE);
	}

	/** Parks, unless an alarm has come in that is due earlier. */
	private void sleep(long now, long pause) {
		this.wakeAt = now + pause;
		boolean sooner = false;
		for (Alarm alarm = this.incoming.get(); alarm != null && !sooner; alarm = alarm.next) {
			sooner = alarm.due - this.wakeAt < 0;
		}
		if (!sooner) {
			LockSupport.parkNanos(this, pause);
		}
		// An interrupt means nothing here, and would make the next park return at once.
		Thread.interrupted();
		this.wakeAt = now;
	}

	private boolean isOver() {
		long now = System.nanoTime();
		if (!this.waiting.isEmpty() || this.unsorted != null || this.incoming.get() != null || this.hands.hasWork()) {
			this.busyAt = now;
		}
		return now - this.busyAt >= LINGER;
	}

	/**
	 * An action with its time. Running the alarm cancels it. The reference holds the
	 * action while the alarm is set.
	 */
	static final class Alarm extends AtomicReference<@Nullable Runnable> implements Runnable {

		private static final long serialVersionUID = 1L;

		private final transient LongAdder set;

		private final long due;

		/** Written before it is published, and by the keeper after that. */
		private transient @Nullable Alarm next;

		private int depth;

		Alarm(LongAdder set, long due, Runnable action) {
			super(action);
			this.set = set;
			this.due = due;
		}

		boolean isSet() {
			return get() != null;
		}

		@Override
		public void run() {
			claim();
		}

		/** Returns the action, once. */
		@Nullable Runnable claim() {
			Runnable action = getAndSet(null);
			if (action != null) {
				this.set.decrement();
			}
			return action;
		}

	}

}
