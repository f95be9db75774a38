package io.greenroom.spring;

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

	@Override
	public void start() {
		if (this.drained != null) {
			throw new IllegalStateException("Scheduler '" + this.drained
					+ "' was drained when the context was stopped, and a drained scheduler stays closed; make a new context instead of starting this one again");
		}
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		GreenScheduler made = this.scheduler.get();
		if (made != null) {
			this.drained = made.name();
			made.close();
		}
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
