package io.greenroom.spring;

import io.greenroom.green.GreenScheduler;

import org.springframework.context.SmartLifecycle;

/**
 * Drains the scheduler when the context closes: after the web server has let its requests
 * finish and before the beans, a data source among them, are destroyed.
 */
public final class GreenSchedulerLifecycle implements SmartLifecycle {

	/** Below the phases in which Boot's web servers stop, so that they stop first. */
	public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

	private final GreenScheduler scheduler;

	private volatile boolean running;

	private volatile boolean drained;

	/**
	 * Makes the lifecycle of a scheduler.
	 * @param scheduler what to drain
	 */
	public GreenSchedulerLifecycle(GreenScheduler scheduler) {
		this.scheduler = scheduler;
	}

	@Override
	public void start() {
		if (this.drained) {
			throw new IllegalStateException("Scheduler '" + this.scheduler.name()
					+ "' was drained when the context was stopped, and a drained scheduler stays closed; make a new context instead of starting this one again");
		}
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.drained = true;
		this.scheduler.close();
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
