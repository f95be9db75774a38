package io.greenroom.green;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.green.internal.Timing;

/**
 * A scheduler's engine on which starting a thread fails as it does when memory for one is
 * missing (row F03), for as long as a test wants:
 * {@snippet :
 * ThreadShortage shortage = new ThreadShortage();
 * GreenScheduler scheduler = shortage.on(GreenScheduler.builder()).build();
 * shortage.begin();
 * // every start throws OutOfMemoryError
 * shortage.end();
 * }
 */
public final class ThreadShortage {

	/** How many further starts fail. */
	private final AtomicInteger left = new AtomicInteger();

	private final AtomicInteger failed = new AtomicInteger();

	private final AtomicInteger scheduled = new AtomicInteger();

	/** Has the scheduler to be built start its threads here. */
	public GreenScheduler.Builder on(GreenScheduler.Builder builder) {
		return builder.engine(new Short());
	}

	/** Lets every start fail from now on. */
	public void begin() {
		this.left.set(Integer.MAX_VALUE);
	}

	/** Lets the next starts fail. */
	public void next(int starts) {
		this.left.set(starts);
	}

	/** Lets starts succeed again. */
	public void end() {
		this.left.set(0);
	}

	/** How many starts have failed. */
	public int failed() {
		return this.failed.get();
	}

	/** How many actions are scheduled and have not begun. */
	int scheduled() {
		return this.scheduled.get();
	}

	private final class Short extends HookedEngine {

		@Override
		public void start(Thread thread) {
			if (ThreadShortage.this.left.getAndUpdate((left) -> Math.max(0, left - 1)) > 0) {
				ThreadShortage.this.failed.incrementAndGet();
				throw new OutOfMemoryError("unable to create native thread (test)");
			}
			super.start(thread);
		}

		@Override
		public Runnable schedule(long nanos, Timing timing, Runnable action) {
			AtomicInteger scheduled = ThreadShortage.this.scheduled;
			AtomicBoolean over = new AtomicBoolean();
			Runnable end = () -> {
				if (over.compareAndSet(false, true)) {
					scheduled.decrementAndGet();
				}
			};
			scheduled.incrementAndGet();
			Runnable cancel = super.schedule(nanos, timing, () -> {
				end.run();
				action.run();
			});
			return () -> {
				end.run();
				cancel.run();
			};
		}

	}

}
