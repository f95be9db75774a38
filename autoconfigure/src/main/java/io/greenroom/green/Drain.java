package io.greenroom.green;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import io.greenroom.green.internal.Countdown;
import io.greenroom.green.internal.Engine;
import io.greenroom.green.internal.Limits;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

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

	private boolean interrupted;

	Drain(String scheduler, LiveThreads live, Duration grace, Engine engine) {
		this.scheduler = scheduler;
		this.live = live;
		this.grace = grace;
		this.engine = engine;
		this.time = new Countdown(Limits.nanos(grace, "grace period"), engine::nanoTime);
	}

	/** Runs the drain. No thread is admitted once {@code close} has run. */
	DrainReport run(Supplier<List<GreenService>> services, Runnable close) {
		ServiceDrain drain = new ServiceDrain(services, this::others, this.engine, this.time, KILL_LIMIT.toNanos());
		Set<GreenThread<?>> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		seen.addAll(others());
		WorkReport work;
		try {
			drain.begin();
			killLate();
			drain.awaitQuiet();
			seen.addAll(others());
			work = drain.stop();
			joinAll(this.time);
		}
		catch (InterruptedException ex) {
			this.interrupted = true;
			work = drain.stopNow();
		}
		int finished = (int) seen.stream().filter(GreenThread::isDone).count() - this.killed.size();
		kill(others());
		close.run();
		awaitKilled();
		this.stuck.addAll(drain.stuck());
		others().forEach((thread) -> this.stuck.add(thread.name()));
		if (this.interrupted) {
			Thread.currentThread().interrupt();
		}
		return report(finished, work);
	}

	/** Kills threads that wait for a later start, because they need not be waited for. */
	private void killLate() {
		List<GreenThread<?>> late = others();
		late.removeIf(GreenThread::isStarted);
		kill(late);
	}

	private void kill(List<GreenThread<?>> threads) {
		threads.forEach((thread) -> this.killed.add(thread.name()));
		threads.forEach(GreenThread::kill);
	}

	/** Waits for the threads that are alive now, and for those that they spawn. */
	private void joinAll(Countdown limit) throws InterruptedException {
		for (List<GreenThread<?>> now = others(); !now.isEmpty(); now = others()) {
			for (GreenThread<?> thread : now) {
				if (!this.engine.awaitEnd(thread, limit.left())) {
					return;
				}
			}
		}
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
	 * Returns the living threads except the caller, which may be a green thread and
	 * cannot wait for itself.
	 */
	private List<GreenThread<?>> others() {
		List<GreenThread<?>> others = this.live.snapshot();
		others.remove(GreenThread.current());
		// A thread whose stack overflowed while it was removed has ended nevertheless.
		others.removeIf(GreenThread::isDone);
		return others;
	}

	private DrainReport report(int finished, WorkReport work) {
		boolean clean = this.killed.isEmpty() && this.stuck.isEmpty() && work.left().isEmpty();
		if (!clean || work.accepted() > 0) {
			log.atLevel(clean ? Level.INFO : Level.WARN)
				.log("Scheduler '{}' shut down. Of {} accepted calls {} ran, {} were withdrawn, {} were left after {}, their callers told: {}. "
						+ "{} green threads finished, {} were killed: {}; stuck: {}", this.scheduler, work.accepted(),
						work.ran(), work.withdrawn(), work.left().size(), this.grace, work.leftByName(), finished,
						this.killed.size(), some(this.killed), some(this.stuck));
		}
		return new DrainReport(finished, this.killed, this.stuck, work);
	}

	private static String some(List<String> names) {
		if (names.size() <= NAMES) {
			return names.toString();
		}
		return names.subList(0, NAMES) + " and " + (names.size() - NAMES) + " more";
	}

}
