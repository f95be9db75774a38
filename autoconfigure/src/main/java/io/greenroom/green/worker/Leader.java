package io.greenroom.green.worker;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import io.greenroom.green.internal.Timing;
import io.greenroom.green.internal.Turn;
import org.jspecify.annotations.Nullable;

/**
 * How a thread waits that leads a worker and is none of its routines: it steps them until
 * it may go on. The time passes for it as for a routine that should end.
 */
final class Leader implements Turn {

	/** How long to wait at once for something outside, in nanoseconds. */
	private static final long LOOK_AGAIN = 10_000_000;

	private final Stepper stepper;

	private final Thread thread;

	/** The permit as in LockSupport. */
	private volatile boolean permit;

	private volatile @Nullable Object blocker;

	/**
	 * Whether it was interrupted while it stepped. The JDK ignores an interrupt of a
	 * thread that carries another.
	 */
	private volatile boolean interrupting;

	/** Written by the thread. */
	private volatile boolean outside;

	Leader(Stepper stepper, Thread thread) {
		this.stepper = stepper;
		this.thread = thread;
	}

	Stepper stepper() {
		return this.stepper;
	}

	@Override
	public long nanoTime() {
		return this.stepper.nanoTime();
	}

	@Override
	public void park(Object waitedFor) {
		this.blocker = waitedFor;
		try {
			while (!mayGoOn()) {
				this.stepper.stepUntil(this::mayGoOn, Pace.LEAD);
				if (mayGoOn()) {
					break;
				}
				if (!this.outside) {
					throw this.stepper.stuck(this.thread);
				}
				LockSupport.parkNanos(waitedFor, LOOK_AGAIN);
			}
			if (this.permit) {
				this.permit = false;
			}
		}
		finally {
			this.blocker = null;
			if (this.interrupting) {
				this.interrupting = false;
				this.thread.interrupt();
			}
		}
	}

	private boolean mayGoOn() {
		return this.permit || this.interrupting || this.thread.isInterrupted();
	}

	@Override
	public void parkNanos(Object waitedFor, long nanos, Timing timing) {
		if (nanos > 0) {
			Runnable cancel = schedule(nanos, timing, this::unpark);
			try {
				park(waitedFor);
			}
			finally {
				cancel.run();
			}
		}
	}

	@Override
	public @Nullable Object blocker() {
		return this.blocker;
	}

	/** Lets the others go first: as many steps as there may be routines. */
	@Override
	public void pause() {
		int[] left = { this.stepper.routines() };
		this.stepper.stepUntil(() -> left[0]-- <= 0, Pace.STILL);
		this.stepper.yielded();
	}

	@Override
	public Runnable schedule(long nanos, Timing timing, Runnable action) {
		return this.stepper.schedule(nanos, timing, action);
	}

	@Override
	public void unpark() {
		this.permit = true;
		if (this.outside) {
			LockSupport.unpark(this.thread);
		}
	}

	@Override
	public void interrupt() {
		if (this.blocker != null) {
			this.interrupting = true;
		}
		this.thread.interrupt();
	}

	@Override
	public void outside(boolean now) {
		this.outside = now;
		this.stepper.outside(this, now);
	}

	/** The worker, as its leader sees it. */
	interface Stepper {

		long nanoTime();

		Runnable schedule(long nanos, Timing timing, Runnable action);

		/** Notes whether a thread waits for something that comes in real time. */
		void outside(Turn waiting, boolean now);

		/** Steps until the condition holds or nothing is left to step at this pace. */
		void stepUntil(BooleanSupplier done, Pace pace);

		/** Returns how many routines are alive. */
		int routines();

		/** Lets a little time pass, if no routine can go on. */
		void yielded();

		/** Returns the report that nothing can wake a thread. */
		IllegalStateException stuck(Thread waiting);

	}

}
