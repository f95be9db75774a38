package io.greenroom.spring;

import java.util.ArrayList;
import java.util.List;

import io.greenroom.deferred.Handler;
import io.greenroom.deferred.Handlers;

import org.springframework.context.SmartLifecycle;

/**
 * Starts the loops of handlers with the context, and of those made later at once. Their
 * end is the scheduler's business, which stops its handlers when it drains.
 */
public final class HandlerLoops implements SmartLifecycle {

	/** Those that wait for the start. Guarded by this. */
	private final List<Handler> waiting = new ArrayList<>();

	/** Guarded by this. */
	private boolean running;

	private final Handlers handlers;

	/**
	 * Makes an empty collection of loops.
	 * @param handlers is told of all handlers, those without loops too
	 */
	public HandlerLoops(Handlers handlers) {
		this.handlers = handlers;
	}

	void remove(Handler handler) {
		this.handlers.remove(handler);
	}

	void add(Handler handler) {
		this.handlers.add(handler);
		if (!handler.type().hasLoop()) {
			return;
		}
		synchronized (this) {
			if (!this.running) {
				this.waiting.add(handler);
				return;
			}
		}
		handler.start();
	}

	@Override
	public void start() {
		List<Handler> now;
		synchronized (this) {
			this.running = true;
			now = List.copyOf(this.waiting);
			this.waiting.clear();
		}
		now.forEach(Handler::start);
	}

	@Override
	public synchronized void stop() {
		this.running = false;
	}

	@Override
	public synchronized boolean isRunning() {
		return this.running;
	}

	/** Before anything that may call a handler when it starts, the web server for one. */
	@Override
	public int getPhase() {
		return GreenSchedulerLifecycle.PHASE;
	}

}
