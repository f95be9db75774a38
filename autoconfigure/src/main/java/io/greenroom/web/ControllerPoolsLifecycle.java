package io.greenroom.web;

import org.springframework.context.SmartLifecycle;

/**
 * Closes the controllers' pools when the context closes: after the web server has let its
 * requests finish, before the scheduler drains.
 */
public final class ControllerPoolsLifecycle implements SmartLifecycle {

	/** Below the phases in which Boot's web servers stop, above the scheduler's. */
	public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 3072;

	private final ControllerPools pools;

	private volatile boolean running;

	/**
	 * Makes the lifecycle of the pools.
	 * @param pools what to close
	 */
	public ControllerPoolsLifecycle(ControllerPools pools) {
		this.pools = pools;
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.pools.close();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/** A closed pool does not open again, so a pause passes it by. */
	@Override
	public boolean isPauseable() {
		return false;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
