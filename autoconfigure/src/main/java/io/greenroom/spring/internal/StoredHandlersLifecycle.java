package io.greenroom.spring.internal;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Starts and stops what works for durable handlers and for durable oneway calls. Creates
 * nothing in an application that has none.
 */
public final class StoredHandlersLifecycle implements SmartLifecycle {

	private final ConfigurableListableBeanFactory beanFactory;

	private volatile boolean running;

	/**
	 * Creates the lifecycle of a context.
	 * @param beanFactory contains the handlers' beans
	 */
	public StoredHandlersLifecycle(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	public void start() {
		this.running = true;
		if (hasDurableHandlers()) {
			this.beanFactory.getBean(DurableHandlers.class).start();
		}
		if (hasDurableCalls()) {
			this.beanFactory.getBean(OutboxHandlers.class).start();
		}
	}

	@Override
	public void stop() {
		if (hasDurableCalls()) {
			this.beanFactory.getBean(OutboxHandlers.class).stop();
		}
		if (hasDurableHandlers()) {
			this.beanFactory.getBean(DurableHandlers.class).stop();
		}
		this.running = false;
	}

	private boolean hasDurableHandlers() {
		return !DurableDefinitions.BEANS.all(this.beanFactory).isEmpty();
	}

	private boolean hasDurableCalls() {
		return !OutboxDefinitions.BEANS.all(this.beanFactory).isEmpty();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/** A paused context continues later. */
	@Override
	public boolean isPauseable() {
		return false;
	}

	/** Starts after the scheduler, and stops before it drains. */
	@Override
	public int getPhase() {
		return GreenSchedulerLifecycle.PHASE + 1;
	}

}
