package io.greenroom.green;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the services of a draining scheduler to their end: those that serve each other
 * refuse work from outside, then go on until all of them are quiet at one moment, then
 * stop. Confined to the draining thread.
 */
final class ServiceDrain {

	private static final Logger log = LoggerFactory.getLogger(GreenScheduler.class);

	/** How long to wait between two looks, in nanoseconds: short at first. */
	private static final long FIRST_PAUSE = 50_000;

	private static final long LONGEST_PAUSE = 5_000_000;

	/** Grows while it lasts: accepted work may bring a service to life. */
	private final Collection<GreenService> services;

	/** The green threads alive but for the draining one. */
	private final Supplier<List<GreenThread<?>>> alive;

	private final long start;

	private final long nanos;

	private final List<Thread> stoppers = new ArrayList<>();

	/** All threads that were alive at some look. */
	private final Set<GreenThread<?>> seen = Collections.newSetFromMap(new IdentityHashMap<>());

	ServiceDrain(Collection<GreenService> services, Supplier<List<GreenThread<?>>> alive, long start, long nanos) {
		this.services = services;
		this.alive = alive;
		this.start = start;
		this.nanos = nanos;
	}

	private long left() {
		return Math.max(0, this.nanos - (System.nanoTime() - this.start));
	}

	private List<DrainedService> drained() {
		return this.services.stream().filter(DrainedService.class::isInstance).map(DrainedService.class::cast).toList();
	}

	/** Refuses work from outside everywhere, and stops the services that only do that. */
	void begin() {
		drained().forEach(DrainedService::refuse);
		this.services.stream()
			.filter((service) -> !(service instanceof DrainedService))
			.forEach((service) -> this.stoppers.add(stopper(service, left())));
	}

	/**
	 * Waits until nothing goes on any more or the time is over. Two looks that find the
	 * same, and everything quiet, mean that all was quiet at once in between; from then
	 * on nothing can begin by itself.
	 */
	void awaitQuiet() throws InterruptedException {
		long pause = FIRST_PAUSE;
		long[] before = {};
		boolean quietBefore = false;
		this.seen.addAll(this.alive.get());
		while (left() > 0) {
			List<DrainedService> drained = drained();
			if (drained.isEmpty() && this.services.isEmpty()) {
				return;
			}
			boolean quiet = drained.stream().allMatch(DrainedService::isQuiet);
			long[] marks = drained.stream().mapToLong(DrainedService::mark).toArray();
			quiet &= areThreadsQuiet(drained) && this.stoppers.stream().noneMatch(Thread::isAlive);
			if (quiet && quietBefore && Arrays.equals(before, marks)) {
				return;
			}
			quietBefore = quiet;
			before = marks;
			if (!quiet) {
				LockSupport.parkNanos(this, Math.min(pause, left()));
				pause = Math.min(2 * pause, LONGEST_PAUSE);
			}
			if (Thread.interrupted()) {
				throw new InterruptedException();
			}
		}
	}

	private boolean areThreadsQuiet(List<DrainedService> drained) {
		Set<GreenThread<?>> others = Collections.newSetFromMap(new IdentityHashMap<>());
		others.addAll(this.alive.get());
		this.seen.addAll(others);
		drained.forEach((service) -> service.threads().forEach(others::remove));
		return others.isEmpty();
	}

	/** Stops what is left of the services; returns what became of their work. */
	WorkReport stop() throws InterruptedException {
		return stop(left());
	}

	/** Stops the services without further grace. Their callers are told also then. */
	WorkReport stopNow() {
		try {
			return stop(0);
		}
		catch (InterruptedException again) {
			Thread.currentThread().interrupt();
			return WorkReport.sum(drained());
		}
	}

	private WorkReport stop(long grace) throws InterruptedException {
		List<DrainedService> drained = drained();
		drained.forEach((service) -> this.stoppers.add(stopper(service, grace)));
		for (Thread stopper : this.stoppers) {
			stopper.join();
		}
		this.services.clear();
		return WorkReport.sum(drained);
	}

	private static Thread stopper(GreenService service, long grace) {
		return Thread.startVirtualThread(() -> {
			try {
				service.stop(Duration.ofNanos(grace));
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			catch (RuntimeException failure) {
				log.error("Service '{}' failed to stop; shutdown goes on", service.name(), failure);
			}
		});
	}

	/** Returns how many of the threads seen have ended. */
	int finished() {
		this.seen.addAll(this.alive.get());
		return (int) this.seen.stream().filter(GreenThread::ready).count();
	}

}
