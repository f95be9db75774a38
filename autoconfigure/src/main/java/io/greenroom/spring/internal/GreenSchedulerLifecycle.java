package io.greenroom.spring.internal;

import java.util.function.Supplier;

import io.greenroom.green.GreenScheduler;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;

/**
 * Drains the scheduler when the context closes: after the web server has let its requests
 * finish and before the beans, a data source among them, are destroyed.
 */
public final class GreenSchedulerLifecycle implements SmartLifecycle {

	/** Below the phases in which Boot's web servers stop, so that they stop first. */
	public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

	private final Supplier<? extends @Nullable GreenScheduler> scheduler;

	private volatile boolean running;

	/** The name of what was drained; null before. */
	private volatile @Nullable String drained;

	/** Made after all, and perhaps no bean yet. Guarded by this. */
	private @Nullable GreenScheduler late;

	/** Whether the context was stopped, and not started since. Written under this. */
	private volatile boolean stopped;

	/**
	 * Makes the lifecycle of a scheduler.
	 * @param scheduler what to drain
	 */
	public GreenSchedulerLifecycle(GreenScheduler scheduler) {
		this(() -> scheduler);
	}

	/**
	 * Makes the lifecycle of a scheduler that may never be made.
	 * @param scheduler gives what to drain, {@code null} where there is nothing
	 */
	public GreenSchedulerLifecycle(Supplier<? extends @Nullable GreenScheduler> scheduler) {
		this.scheduler = scheduler;
	}

	/**
	 * Makes the scheduler when somebody asks for it first, while there is still somebody
	 * to drain it.
	 * @param maker makes it
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
				"The green scheduler is asked for the first time after the context was stopped, and nobody would drain it; ask for it before, or start the context again");
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
					+ "' was drained when the context was stopped, and a drained scheduler stays closed; make a new context instead of starting this one again");
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
