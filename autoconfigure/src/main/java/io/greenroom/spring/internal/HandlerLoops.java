package io.greenroom.spring.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.Handlers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the loops of handlers with the context, and those of handlers that are created
 * later immediately. When the context closes, ends the handlers that no bean's
 * destruction ends, such as prototypes and the products of factory beans. In the context
 * that drains the scheduler, the drain has done that already.
 */
public final class HandlerLoops implements SmartLifecycle, DisposableBean {

	private static final Logger log = LoggerFactory.getLogger(DeferredHandler.class);

	private static final String REMEDY = "make the call after the context has started, in an ApplicationRunner, a listener for ApplicationReadyEvent or a SmartLifecycle with a phase above "
			+ GreenSchedulerLifecycle.PHASE + "; before that it can be a oneway call";

	/** The handlers that wait for the start. Guarded by this. */
	private final List<Handler> waiting = new ArrayList<>();

	/** The living handlers that end with the context. Guarded by itself. */
	private final Set<Handler> endless = Collections.newSetFromMap(new WeakHashMap<>());

	/**
	 * The thread that starts the context, or {@code null} after the start. Written under
	 * the lock of this.
	 */
	private volatile @Nullable Thread starter = Thread.currentThread();

	/** Guarded by this. */
	private boolean running;

	private final Handlers handlers;

	/**
	 * Creates an empty collection of loops.
	 * @param handlers is notified of all handlers, including those without loops
	 */
	public HandlerLoops(Handlers handlers) {
		this.handlers = handlers;
	}

	void remove(Handler handler) {
		this.handlers.remove(handler);
	}

	/**
	 * Adds a handler.
	 * @param handler the handler
	 * @param endsWithBean whether the handler ends with its bean, before the context does
	 */
	void add(Handler handler, boolean endsWithBean) {
		this.handlers.add(handler);
		if (!endsWithBean) {
			synchronized (this.endless) {
				this.endless.add(handler);
			}
		}
		if (!handler.type().hasLoop()) {
			return;
		}
		synchronized (this) {
			if (this.starter != null) {
				handler.startedBy((thread) -> thread == this.starter, REMEDY);
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
			this.starter = null;
			now = List.copyOf(this.waiting);
			this.waiting.clear();
		}
		for (Handler handler : now) {
			handler.start();
		}
		List<Handler> all = this.handlers.all();
		if (!all.isEmpty()) {
			log.info("Handlers without a key: {}, {} with a loop", all.size(),
					all.stream().filter((handler) -> handler.type().hasLoop()).count());
		}
	}

	@Override
	public void stop() {
		synchronized (this) {
			this.running = false;
		}
		endAll();
	}

	/** For a context whose start has failed. */
	@Override
	public void destroy() {
		endAll();
	}

	/** Ends the remaining handlers, all at once. */
	private void endAll() {
		List<Handler> ending;
		synchronized (this.endless) {
			ending = List.copyOf(this.endless);
			this.endless.clear();
		}
		List<Thread> threads = ending.stream().map((handler) -> Thread.startVirtualThread(() -> end(handler))).toList();
		try {
			for (Thread thread : threads) {
				thread.join();
			}
		}
		catch (InterruptedException ex) {
			threads.forEach(Thread::interrupt);
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Ends a handler, and lets accepted calls run for up to the time that callers wait.
	 */
	void end(Handler handler) {
		if (handler.gate() instanceof MachineGate machine) {
			// First, because a body that runs forever would use up the time of the calls.
			machine.stop();
		}
		handler.close();
		remove(handler);
	}

	@Override
	public synchronized boolean isRunning() {
		return this.running;
	}

	/** A paused context will be used again, but a handler that has ended will not. */
	@Override
	public boolean isPauseable() {
		return false;
	}

	/**
	 * Before everything that may call a handler when it starts, such as the web server;
	 * and after the scheduler's drain, during which handlers may call each other.
	 */
	@Override
	public int getPhase() {
		return GreenSchedulerLifecycle.PHASE - 1;
	}

}
