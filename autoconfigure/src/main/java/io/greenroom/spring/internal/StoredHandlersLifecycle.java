package io.greenroom.spring.internal;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Starts and stops what works for durable handlers and for durable oneway calls. Creates
 * nothing in an application that has none.
 */
public final class StoredHandlersLifecycle implements SmartLifecycle {

	/** The name of the bean {@link DurableHandlers}. */
	public static final String DURABLE = "durableHandlers";

	/** The name of the bean {@link OutboxHandlers}. */
	public static final String OUTBOX = "outboxHandlers";

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
		DurableHandlers handlers = created(DURABLE, DurableHandlers.class);
		if (handlers != null) {
			handlers.start();
		}
		OutboxHandlers calls = created(OUTBOX, OutboxHandlers.class);
		if (calls != null) {
			calls.start();
		}
	}

	@Override
	public void stop() {
		OutboxHandlers calls = created(OUTBOX, OutboxHandlers.class);
		if (calls != null) {
			calls.stop();
		}
		DurableHandlers handlers = created(DURABLE, DurableHandlers.class);
		if (handlers != null) {
			handlers.stop();
		}
		this.running = false;
	}

	/** Returns a bean that is created before the start if there is work for it. */
	private <T> @Nullable T created(String name, Class<T> type) {
		return this.beanFactory.containsSingleton(name) ? this.beanFactory.getBean(name, type) : null;
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
