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
 * Starts the loops of handlers with the context, and of those made later at once. Ends
 * the handlers that no bean's destruction ends when the context closes, such as
 * prototypes and what factory beans make. In the context that drains the scheduler this
 * has happened before.
 */
public final class HandlerLoops implements SmartLifecycle, DisposableBean {

	private static final Logger log = LoggerFactory.getLogger(DeferredHandler.class);

	private static final String REMEDY = "make it when the context has started, in an ApplicationRunner, a listener to ApplicationReadyEvent or a SmartLifecycle of a phase above "
			+ GreenSchedulerLifecycle.PHASE + "; from here it can be oneway";

	/** Those that wait for the start. Guarded by this. */
	private final List<Handler> waiting = new ArrayList<>();

	/** Those that end with the context, as far as they are alive. Guarded by itself. */
	private final Set<Handler> endless = Collections.newSetFromMap(new WeakHashMap<>());

	/** Who will start the context; nothing since it has. Written under this. */
	private volatile @Nullable Thread starter = Thread.currentThread();

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

	/**
	 * Adds a handler.
	 * @param handler the handler
	 * @param endsWithBean whether somebody ends it before the context is gone
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
			log.info("Handlers: {}, {} with a loop", all.size(),
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

	/** For a context that did not come to its start. */
	@Override
	public void destroy() {
		endAll();
	}

	/** Ends those that nobody else ends, all at once. */
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

	/** Ends a handler, and lets accepted calls run as long as a caller waits for one. */
	void end(Handler handler) {
		if (handler.gate() instanceof MachineGate machine) {
			// First, or a body that runs for ever would use the time of the calls up.
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
	 * Before anything that may call a handler when it starts, the web server for one; and
	 * after the scheduler's drain, which lets handlers call each other to the end.
	 */
	@Override
	public int getPhase() {
		return GreenSchedulerLifecycle.PHASE - 1;
	}

}
