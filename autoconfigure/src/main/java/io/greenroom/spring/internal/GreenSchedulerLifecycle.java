package io.greenroom.spring.internal;

import java.util.function.Supplier;

import io.greenroom.green.GreenScheduler;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;

/**
 * Drains the scheduler when the context closes: after the web server has finished its
 * requests, and before the beans, such as data sources, are destroyed.
 */
public final class GreenSchedulerLifecycle implements SmartLifecycle {

	/** Below the phases in which Boot's web servers stop, so that they stop first. */
	public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

	private final Supplier<? extends @Nullable GreenScheduler> scheduler;

	private volatile boolean running;

	/** The name of the drained scheduler, or {@code null} before the drain. */
	private volatile @Nullable String drained;

	/**
	 * The scheduler that was created on demand, perhaps without a bean yet. Guarded by
	 * this.
	 */
	private @Nullable GreenScheduler late;

	/**
	 * Whether the context was stopped and not started since. Written under the lock of
	 * this.
	 */
	private volatile boolean stopped;

	/**
	 * Creates the lifecycle of a scheduler.
	 * @param scheduler the scheduler to drain
	 */
	public GreenSchedulerLifecycle(GreenScheduler scheduler) {
		this(() -> scheduler);
	}

	/**
	 * Creates the lifecycle of a scheduler that may never be created.
	 * @param scheduler provides the scheduler to drain, or {@code null} if there is none
	 */
	public GreenSchedulerLifecycle(Supplier<? extends @Nullable GreenScheduler> scheduler) {
		this.scheduler = scheduler;
	}

	/**
	 * Creates the scheduler when it is first requested, unless the drain is over.
	 * @param maker creates it
	 * @return the scheduler
	 * @throws IllegalStateException if the context has been stopped
	 */
	public GreenScheduler make(Supplier<GreenScheduler> maker) {
		if (!this.stopped) {
			GreenScheduler made = maker.get();
			if (isKept(made)) {
				return made;
			}
			made.close();
		}
		throw new IllegalStateException(
				"The green scheduler was first requested after the context was stopped, and would never be drained; request it earlier, or start the context again");
	}

	private synchronized boolean isKept(GreenScheduler made) {
		if (this.stopped) {
			return false;
		}
		this.late = made;
		return true;
	}

	@Override
	public synchronized void start() {
		if (this.drained != null) {
			throw new IllegalStateException("Scheduler '" + this.drained
					+ "' was drained when the context was stopped, and a drained scheduler stays closed; create a new context instead of restarting this one");
		}
		this.stopped = false;
		this.running = true;
	}

	@Override
	public void stop() {
		GreenScheduler made = end();
		made = (made != null) ? made : this.scheduler.get();
		if (made != null) {
			this.drained = made.name();
			made.close();
		}
	}

	private synchronized @Nullable GreenScheduler end() {
		this.running = false;
		this.stopped = true;
		return this.late;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/**
	 * A paused context, as Spring's test framework keeps them, will be used again, but a
	 * drained scheduler is closed for good.
	 */
	@Override
	public boolean isPauseable() {
		return false;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
