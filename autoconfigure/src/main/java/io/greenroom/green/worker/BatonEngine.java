package io.greenroom.green.worker;

import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import io.greenroom.green.internal.Timing;
import io.greenroom.green.internal.Turn;
import io.greenroom.observe.internal.StackRoom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The JDK's virtual threads, of which only the one that holds the baton runs. It passes
 * the baton on when it waits through {@link io.greenroom.green.Parking Parking}: directly
 * to the next in line if it may, and otherwise to the stepper.
 */
final class BatonEngine extends WorkerEngine<BatonEngine.Runner> {

	private static final Logger log = LoggerFactory.getLogger(Worker.class);

	/**
	 * How long a step may take before it is reported, in nanoseconds: it is probably
	 * stuck in the JDK.
	 */
	private static final long STUCK_NANOS = 5_000_000_000L;

	/** How often to check whether the time for closing is over, in nanoseconds. */
	private static final long CLOSING_NANOS = 10_000_000L;

	/** The holder of the baton. Volatile, because the hand-over publishes it. */
	private volatile @Nullable Runner holder;

	/** The thread that gets the baton back; confined to the holder. */
	private @Nullable Thread stepping;

	/** Until when runners may pass it among themselves; confined to the holder. */
	private long goOnUntil;

	/** For which timers they may let the time pass; confined to the holder. */
	private Set<Timing> passesFor = Set.of();

	BatonEngine(String name, Order<Runner> order, Consumer<String> onStep) {
		super(name, order, onStep);
	}

	@Override
	Thread.Builder.OfVirtual builder() {
		return Thread.ofVirtual();
	}

	@Override
	Runner routine(Thread thread) {
		return new Runner(thread);
	}

	@Override
	void run(Runner next, long until, Pace pace) {
		this.stepping = Thread.currentThread();
		this.goOnUntil = until;
		this.passesFor = (pace != Pace.FINISH) ? pace.passesFor(false) : Set.of();
		hand(next);
		boolean interrupted = false;
		boolean told = false;
		while (this.holder != null && !isOverdue()) {
			long before = System.nanoTime();
			LockSupport.parkNanos(this, isClosing() ? CLOSING_NANOS : STUCK_NANOS);
			interrupted |= Thread.interrupted();
			Runner stuck = this.holder;
			if (!told && stuck != null && System.nanoTime() - before >= STUCK_NANOS) {
				told = true;
				warn(stuck);
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	boolean isAbandoned() {
		return this.holder != null;
	}

	private void warn(Runner stuck) {
		Throwable where = new Throwable("Where '" + stuck.name() + "' is");
		where.setStackTrace(stuck.thread.getStackTrace());
		log.warn("""
				Worker '{}' waits for routine '{}', which does not give up its turn ({}); \
				wait with the scheduler's or Greenroom's own means in a routine, \
				or run with --add-opens java.base/java.lang=ALL-UNNAMED""", name(), stuck.name(),
				stuck.thread.getState(), where);
	}

	private void hand(Runner next) {
		announce(next);
		this.holder = next;
		next.wake();
	}

	/**
	 * Passes the baton on. Called by the holder when it has nothing more to do for now.
	 */
	private void handOn() {
		Runner next = mayGoOn() ? goOn() : null;
		if (next != null) {
			hand(next);
		}
		else {
			Thread stepper = this.stepping;
			this.holder = null;
			LockSupport.unpark(stepper);
		}
	}

	/**
	 * Returns the next in line. Does before that what the stepper would do, because to
	 * pass the baton to a thread of the operating system and back takes ten times as
	 * long.
	 */
	private @Nullable Runner goOn() {
		try {
			Runnable due = pollTimer();
			while (due != null) {
				due.run();
				due = mayGoOn() ? pollTimer() : null;
			}
		}
		catch (Throwable failure) {
			fail(failure);
		}
		return mayGoOn() ? this.queue.pollBefore(this.goOnUntil) : null;
	}

	private @Nullable Runnable pollTimer() {
		try {
			StackRoom.check();
		}
		catch (StackOverflowError full) {
			// The stepper has more.
			return null;
		}
		return this.queue.pollTimerBefore(this.goOnUntil, this.passesFor, this.realWaits.held());
	}

	@Override
	void ended(@Nullable Turn routine) {
		handOn();
	}

	/** One virtual thread, running or waiting for the baton. */
	final class Runner implements WorkerEngine.Routine {

		private final Thread thread;

		/** Confined to the thread that hands the baton over. */
		private boolean started;

		/** Volatile, because the stepper reads it. */
		private volatile boolean outside;

		/** The permit as in LockSupport; guarded by this. */
		private boolean permit;

		/** Whether it is neither running nor in the line; guarded by this. */
		private boolean parked;

		/** Volatile, because others read it. */
		private volatile @Nullable Object blocker;

		Runner(Thread thread) {
			this.thread = thread;
		}

		@Override
		public Thread thread() {
			return this.thread;
		}

		@Override
		public String name() {
			return this.thread.getName();
		}

		@Override
		public synchronized boolean isParked() {
			return this.parked && !this.outside;
		}

		@Override
		public void outside(boolean now) {
			this.outside = now;
			BatonEngine.this.outside(this, now);
		}

		@Override
		public long nanoTime() {
			return BatonEngine.this.nanoTime();
		}

		@Override
		public Runnable schedule(long nanos, Timing timing, Runnable action) {
			return BatonEngine.this.queue.schedule(nanos, timing, action);
		}

		@Override
		public @Nullable Object blocker() {
			return this.blocker;
		}

		@Override
		public void park(Object blocker) {
			// Before it passes the baton on, because the next one may ask for it.
			this.blocker = blocker;
			if (beginPark()) {
				giveAway(blocker);
				endPark();
			}
			this.blocker = null;
		}

		private synchronized boolean beginPark() {
			if (this.permit || this.thread.isInterrupted()) {
				this.permit = false;
				return false;
			}
			this.parked = true;
			return true;
		}

		/** Who has unparked it twice meanwhile has done so once. */
		private synchronized void endPark() {
			this.permit = false;
		}

		@Override
		public void parkNanos(Object blocker, long nanos, Timing timing) {
			if (nanos > 0) {
				Runnable cancel = schedule(nanos, timing, this::unpark);
				park(blocker);
				cancel.run();
			}
		}

		@Override
		public void pause() {
			addYielded(this);
			giveAway(this);
		}

		@Override
		public synchronized void unpark() {
			if (!rejoin()) {
				this.permit = true;
			}
		}

		@Override
		public void interrupt() {
			// In the line first, because the place must not depend on how fast the thread
			// wakes.
			rejoin();
			this.thread.interrupt();
		}

		private synchronized boolean rejoin() {
			if (!this.parked) {
				return false;
			}
			this.parked = false;
			BatonEngine.this.queue.add(this);
			return true;
		}

		private void giveAway(Object blocker) {
			handOn();
			boolean interrupted = false;
			while (BatonEngine.this.holder != this) {
				LockSupport.park(blocker);
				// Cleared, because otherwise the next park would not wait.
				if (Thread.interrupted()) {
					interrupted = true;
					rejoin();
				}
			}
			if (interrupted) {
				this.thread.interrupt();
			}
		}

		/** Lets the thread notice that it holds the baton. */
		private void wake() {
			if (this.started) {
				LockSupport.unpark(this.thread);
			}
			else {
				this.started = true;
				this.thread.start();
			}
		}

	}

}
