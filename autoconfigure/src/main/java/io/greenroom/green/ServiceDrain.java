package io.greenroom.green;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.greenroom.green.internal.Countdown;
import io.greenroom.green.internal.Engine;
import io.greenroom.green.internal.Waits;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.ForeignCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Ends the services of a draining scheduler. Services that serve each other first reject
 * work from outside. The others, which are the sources of such work, are stopped. Then
 * the former go on until all of them are quiet at the same moment, and are stopped.
 * Confined to the draining thread.
 */
final class ServiceDrain {

	private static final Logger log = LoggerFactory.getLogger(GreenScheduler.class);

	/** The first pause between two checks, in nanoseconds; later pauses are longer. */
	private static final long FIRST_PAUSE = 50_000;

	private static final long LONGEST_PAUSE = 5_000_000;

	/** Costs no real time, but the work of each check. */
	private static final long LONGEST_PAUSE_ON_WORKER = 1_000_000_000;

	/** Grows during the drain, because accepted work may bring a service to life. */
	private final Supplier<List<GreenService>> services;

	/** The living green threads except the draining one. */
	private final Supplier<List<GreenThread<?>>> alive;

	private final Engine engine;

	private final Countdown time;

	/**
	 * How much longer than its grace period a service may take to kill what is left, in
	 * nanoseconds.
	 */
	private final long killLimit;

	/** The services that were told to stop and have not stopped. */
	private final Set<GreenService> stopping = ConcurrentHashMap.newKeySet();

	ServiceDrain(Supplier<List<GreenService>> services, Supplier<List<GreenThread<?>>> alive, Engine engine,
			Countdown time, long killLimit) {
		this.services = services;
		this.alive = alive;
		this.engine = engine;
		this.time = time;
		this.killLimit = killLimit;
	}

	private List<DrainedService> drained() {
		return this.services.get()
			.stream()
			.filter(DrainedService.class::isInstance)
			.map(DrainedService.class::cast)
			.toList();
	}

	/** Lets services that serve each other reject, and stops the others. */
	void begin() throws InterruptedException {
		for (DrainedService service : drained()) {
			ForeignCode.run(log, "A service's rejection of new work", service::reject);
		}
		stop(this.services.get().stream().filter((service) -> !(service instanceof DrainedService)).toList(),
				this.time.left());
	}

	/**
	 * Waits until nothing runs any more or the time is over. If two checks find the same
	 * marks and everything quiet, all was quiet at once in between, and from then on
	 * nothing can begin by itself.
	 */
	void awaitQuiet() throws InterruptedException {
		long pause = FIRST_PAUSE;
		long longest = Waits.isOnWorker() ? LONGEST_PAUSE_ON_WORKER : LONGEST_PAUSE;
		long[] before = {};
		boolean quietBefore = false;
		for (List<DrainedService> drained = drained(); !drained.isEmpty()
				&& this.time.left() > 0; drained = drained()) {
			boolean quiet = drained.stream()
				.allMatch((service) -> ForeignCode.ask(log, "A service that was asked whether it is quiet", true,
						service::isQuiet));
			long[] marks = drained.stream()
				.mapToLong(
						(service) -> ForeignCode.ask(log, "A service that was asked for its mark", 0L, service::mark))
				.toArray();
			quiet &= areThreadsQuiet(drained);
			if (quiet && quietBefore && Arrays.equals(before, marks)) {
				return;
			}
			quietBefore = quiet;
			before = marks;
			if (!quiet) {
				this.engine.rest(this, pause, this.time.left());
				pause = Math.min(2 * pause, longest);
			}
			if (Thread.interrupted()) {
				throw new InterruptedException();
			}
		}
	}

	private boolean areThreadsQuiet(List<DrainedService> drained) {
		List<GreenThread<?>> others = new ArrayList<>(this.alive.get());
		Set<GreenThread<?>> own = new HashSet<>();
		drained.forEach((service) -> own.addAll(service.threads()));
		others.removeAll(own);
		return others.isEmpty();
	}

	/** Stops the remaining services; returns what became of their work. */
	WorkReport stop() throws InterruptedException {
		return stopDrained(this.time.left());
	}

	/** Stops the services without further grace. Their callers are still told. */
	WorkReport stopNow() {
		try {
			return stopDrained(0);
		}
		catch (InterruptedException again) {
			Thread.currentThread().interrupt();
			return WorkReport.sum(drained());
		}
	}

	private WorkReport stopDrained(long grace) throws InterruptedException {
		List<DrainedService> drained = drained();
		stop(drained, grace);
		return WorkReport.sum(drained);
	}

	/** Stops each service on a thread of its own. */
	private void stop(List<? extends GreenService> these, long grace) throws InterruptedException {
		List<Runnable> jobs = new ArrayList<>();
		this.stopping.addAll(these);
		these.forEach((service) -> jobs.add(() -> stop(service, grace)));
		long limit = (grace > Long.MAX_VALUE - this.killLimit) ? grace : grace + this.killLimit;
		this.engine.runAll(jobs, new Countdown(limit, this.engine::nanoTime));
	}

	private void stop(GreenService service, long grace) {
		try {
			service.stop(Duration.ofNanos(grace));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return;
		}
		catch (Throwable failure) {
			Failures.log(log, Level.ERROR, failure, "Service '{}' failed to stop; shutdown goes on", service.name());
		}
		this.stopping.remove(service);
	}

	/** Returns the names of services that did not stop in time. */
	List<String> stuck() {
		return this.stopping.stream().map(GreenService::name).toList();
	}

}
