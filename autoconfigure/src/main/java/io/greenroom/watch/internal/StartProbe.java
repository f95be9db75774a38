package io.greenroom.watch.internal;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThreadDump;
import io.greenroom.observe.ProblemReport;
import io.greenroom.observe.internal.Failures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Starts a virtual thread at regular intervals. If the thread has not begun to run within
 * the limit, this is reported once, with the stack of a green thread that holds a
 * carrier. The probe runs on its own platform thread, because a virtual thread would be
 * held up like all others.
 */
public final class StartProbe implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(StartProbe.class);

	/** Enough threads to find one that holds a carrier among all that wait. */
	private static final int THREADS = 10_000;

	private static final int FRAMES = 250;

	/** The pause between two successful probes is the limit divided by this number. */
	private static final int PAUSES_PER_LIMIT = 2;

	private final GreenScheduler scheduler;

	private final long limit;

	private final Consumer<ProblemReport> reports;

	private final Thread thread;

	/**
	 * Starts the probe.
	 * @param scheduler the scheduler whose threads may hold the carriers
	 * @param limit how long a virtual thread may take to begin; must be positive
	 * @param reports receives the reports, on the thread of the probe
	 */
	public StartProbe(GreenScheduler scheduler, Duration limit, Consumer<ProblemReport> reports) {
		this.scheduler = scheduler;
		this.limit = TimeUnit.NANOSECONDS.convert(limit);
		this.reports = reports;
		this.thread = Thread.ofPlatform().daemon().name("greenroom-watch").start(this::run);
	}

	private void run() {
		try {
			while (true) {
				look();
				TimeUnit.NANOSECONDS.sleep(this.limit / PAUSES_PER_LIMIT);
			}
		}
		catch (InterruptedException closed) {
			// Interrupted by close(), since no other code has access to this thread.
		}
	}

	/**
	 * Runs one probe. A failure, such as a shortage of memory, does not prevent the next
	 * one.
	 */
	private void look() throws InterruptedException {
		try {
			probe();
		}
		catch (RuntimeException | Error failure) {
			Failures.log(log, Level.WARN, failure, "Whether virtual threads start could not be checked");
		}
	}

	private void probe() throws InterruptedException {
		CountDownLatch begun = new CountDownLatch(1);
		long start = System.nanoTime();
		Thread.startVirtualThread(begun::countDown);
		if (!begun.await(this.limit, TimeUnit.NANOSECONDS)) {
			this.reports.accept(report(Duration.ofNanos(System.nanoTime() - start)));
			begun.await();
		}
	}

	private ProblemReport report(Duration since) {
		List<GreenThreadDump.Entry> holders = this.scheduler.dump(FRAMES, THREADS)
			.threads()
			.stream()
			.filter((thread) -> isPinned(thread) || isRunning(thread))
			.toList();
		String who = holders.isEmpty() ? "no green thread does, a thread dump of the JVM shows the others"
				: holders.size() + " green threads do";
		GreenThreadDump.Entry first = holders.stream()
			.filter(StartProbe::isPinned)
			.findFirst()
			.orElse(holders.isEmpty() ? null : holders.getFirst());
		return new ProblemReport(ProblemReport.Kind.STARVED, null,
				"No virtual thread has started for %s, because others hold all carriers: %s".formatted(since, who),
				since, (first != null) ? first.name() : null, (first != null) ? first.stack() : List.of());
	}

	private static boolean isPinned(GreenThreadDump.Entry thread) {
		return thread.stack().stream().anyMatch((frame) -> frame.getMethodName().equals("parkOnCarrierThread"));
	}

	/**
	 * Returns whether the thread runs. A thread that only waits for a carrier has
	 * released its own carrier within frames of the JDK.
	 */
	private static boolean isRunning(GreenThreadDump.Entry thread) {
		return thread.activity() == Thread.State.RUNNABLE && !thread.stack().isEmpty()
				&& !thread.stack().getFirst().getClassName().equals("java.lang.VirtualThread");
	}

	/** Stops the probe. This method is idempotent. */
	@Override
	public void close() {
		this.thread.interrupt();
	}

}
