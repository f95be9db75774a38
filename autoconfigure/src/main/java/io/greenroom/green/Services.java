package io.greenroom.green;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The services of one scheduler. Has them inspected as often as they want. */
final class Services {

	private static final Logger log = LoggerFactory.getLogger(GreenScheduler.class);

	/** The least time between two inspections, in nanoseconds. */
	private static final long SHORTEST_PAUSE = 10_000_000;

	private final Set<GreenService> all = ConcurrentHashMap.newKeySet();

	private final Engine engine;

	/** Takes the next inspection back. Guarded by this. */
	private @Nullable Runnable next;

	/** The time between two inspections, in nanoseconds. Guarded by this. */
	private long pause = Long.MAX_VALUE;

	Services(Engine engine) {
		this.engine = engine;
	}

	/** Returns them all, as they come and go. */
	Collection<GreenService> all() {
		return this.all;
	}

	void add(GreenService service) {
		this.all.add(service);
	}

	void remove(GreenService service) {
		this.all.remove(service);
	}

	/** Has all inspected as often as the most demanding wants; zero wants nothing. */
	synchronized void inspectEvery(long nanos) {
		long wanted = Math.max(nanos, SHORTEST_PAUSE);
		if (nanos == 0 || wanted >= this.pause) {
			return;
		}
		this.pause = wanted;
		if (this.next != null) {
			this.next.run();
		}
		schedule();
	}

	/** Called under the lock. */
	private void schedule() {
		try {
			this.next = this.engine.schedule(this.pause, this::inspect);
		}
		catch (RejectedExecutionException closed) {
			// The scheduler was closed in this moment, and the services will be.
		}
	}

	private void inspect() {
		for (GreenService service : this.all) {
			try {
				service.inspect();
			}
			catch (RuntimeException failure) {
				log.warn("Service '{}' could not be inspected", service.name(), failure);
			}
		}
		synchronized (this) {
			schedule();
		}
	}

}
