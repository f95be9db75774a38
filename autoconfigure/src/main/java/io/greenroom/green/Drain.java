package io.greenroom.green;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shutdown of a scheduler: stops its services, waits for its threads, and kills and
 * names what is left. Used by one thread, once.
 */
final class Drain {

	private static final Logger log = LoggerFactory.getLogger(GreenScheduler.class);

	/**
	 * How long killed threads get for their clean-up before they are reported as stuck.
	 */
	private static final Duration KILL_LIMIT = Duration.ofSeconds(1);

	/** How many names a log line holds. */
	private static final int NAMES = 20;

	private final String scheduler;

	private final LiveThreads live;

	private final Duration grace;

	private final Engine engine;

	private final Countdown time;

	private final List<String> killed = new ArrayList<>();

	private final List<String> stuck = new ArrayList<>();

	private int finished;

	private boolean interrupted;

	Drain(String scheduler, LiveThreads live, Duration grace, Engine engine) {
		this.scheduler = scheduler;
		this.live = live;
		this.grace = grace;
		this.engine = engine;
		this.time = new Countdown(Limits.nanos(grace, "grace period"), engine::nanoTime);
	}

	/** Runs it; from {@code close} on nobody is admitted any more. */
	DrainReport run(Collection<GreenService> services, Runnable close) {
		try {
			stopServices(services);
			killLate();
			this.finished = joinAll(this.time);
		}
		catch (InterruptedException ex) {
			this.interrupted = true;
		}
		kill(others());
		close.run();
		awaitKilled();
		others().forEach((thread) -> this.stuck.add(thread.name()));
		if (this.interrupted) {
			Thread.currentThread().interrupt();
		}
		return report();
	}

	/**
	 * A service that ignores its grace period is left behind soon after it is over: it
	 * gets as long for the kill of what it has left as threads do.
	 */
	private void stopServices(Collection<GreenService> services) throws InterruptedException {
		Set<GreenService> running = ConcurrentHashMap.newKeySet();
		running.addAll(services);
		List<Runnable> jobs = new ArrayList<>();
		services.forEach((service) -> jobs.add(() -> {
			stop(service);
			running.remove(service);
		}));
		long left = this.time.left();
		long limit = (left > Long.MAX_VALUE - KILL_LIMIT.toNanos()) ? left : left + KILL_LIMIT.toNanos();
		this.engine.runAll(jobs, new Countdown(limit, this.engine::nanoTime));
		running.forEach((service) -> this.stuck.add(service.name()));
	}

	private void stop(GreenService service) {
		try {
			service.stop(Duration.ofNanos(this.time.left()));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (RuntimeException failure) {
			log.error("Service '{}' failed to stop; shutdown goes on", service.name(), failure);
		}
	}

	/** Those that wait for a later start need not be waited for. */
	private void killLate() {
		List<GreenThread<?>> late = others();
		late.removeIf(GreenThread::started);
		kill(late);
	}

	private void kill(List<GreenThread<?>> threads) {
		threads.forEach((thread) -> this.killed.add(thread.name()));
		threads.forEach(GreenThread::kill);
	}

	/** Waits for those alive now and for those they spawn; returns how many ended. */
	private int joinAll(Countdown limit) throws InterruptedException {
		int ended = 0;
		for (List<GreenThread<?>> now = others(); !now.isEmpty(); now = others()) {
			for (GreenThread<?> thread : now) {
				if (!this.engine.awaitEnd(thread, limit.left())) {
					return ended;
				}
				ended++;
			}
		}
		return ended;
	}

	private void awaitKilled() {
		try {
			joinAll(new Countdown(KILL_LIMIT.toNanos(), this.engine::nanoTime));
		}
		catch (InterruptedException ex) {
			this.interrupted = true;
		}
	}

	/**
	 * Those alive, but for the caller: a green thread may drain, and can't wait for
	 * itself.
	 */
	private List<GreenThread<?>> others() {
		List<GreenThread<?>> others = this.live.snapshot();
		others.remove(GreenThread.current());
		return others;
	}

	private DrainReport report() {
		if (!this.killed.isEmpty() || !this.stuck.isEmpty()) {
			log.warn("Scheduler '{}' shut down: {} green threads finished, {} were killed after {}: {}; stuck: {}",
					this.scheduler, this.finished, this.killed.size(), this.grace, some(this.killed), some(this.stuck));
		}
		return new DrainReport(this.finished, this.killed, this.stuck);
	}

	private static String some(List<String> names) {
		if (names.size() <= NAMES) {
			return names.toString();
		}
		return names.subList(0, NAMES) + " and " + (names.size() - NAMES) + " more";
	}

}
