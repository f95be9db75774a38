package io.greenroom.watch.internal;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.greenroom.observe.ProblemReport;
import io.greenroom.observe.internal.Failures;
import jdk.management.VirtualThreadSchedulerMXBean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Adds carriers while virtual threads hold all of them and wait. A virtual thread cannot
 * leave its carrier while it loads or initializes a class. If all carriers are held like
 * that, and what their threads wait for is to be done by another virtual thread, none of
 * them ever goes on: a server with two processors stops at its first requests. Platform
 * threads would have gone on, so the JVM gets another carrier.
 * <p>
 * Carriers that compute are not held, however long the line is. When the held ones are
 * free again, the number is what it was. There is one watch for all contexts of a JVM, as
 * there is one set of carriers; it has a platform thread of its own. Safe for use by many
 * threads.
 */
public final class SpareCarriers {

	private static final Logger log = LoggerFactory.getLogger(SpareCarriers.class);

	/** The JDK's own limit, unless it is set. */
	private static final int MOST = Integer.getInteger("jdk.virtualThreadScheduler.maxPoolSize", 256);

	/**
	 * A wait is divided into as many, to tell held carriers from a JVM that stands still.
	 */
	private static final int SLICES = 10;

	/** Carriers that use less than this part of the time do not compute. */
	private static final int PART = 50;

	/** The number of looks in a row that find a free carrier before spare ones leave. */
	private static final int CALM = 50;

	/** The number of virtual threads that are started at most to get a new carrier. */
	private static final int STARTS = 1000;

	/** How often carriers are added at most until one is free. */
	private static final int ROUNDS = 20;

	private static @Nullable SpareCarriers shared;

	private final VirtualThreadSchedulerMXBean carriers = ManagementFactory
		.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);

	private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

	private final List<Consumer<ProblemReport>> reports = new CopyOnWriteArrayList<>();

	/** In nanoseconds. */
	private final long limit;

	private final Thread thread;

	/** Opens when nothing has to be loaded any more. */
	private final CountDownLatch ready = new CountDownLatch(1);

	// Confined to the thread.

	/** The number of carriers without spare ones, or 0 while there are none. */
	private int usual;

	/** The number of carriers that was set last. */
	private int set;

	/** The number of looks in a row that found a free carrier. */
	private int calm;

	private SpareCarriers(Duration limit) {
		this.limit = TimeUnit.NANOSECONDS.convert(limit);
		this.thread = Thread.ofPlatform().daemon().name("greenroom-carriers").unstarted(this::run);
	}

	/**
	 * Begins to watch, unless that has begun already; then the limit is that of the first
	 * caller.
	 * @param limit how long all carriers may be held; must be positive
	 * @param reports is told of each time when they were held for longer, afterwards, on
	 * a thread of its own
	 * @return what ends the watch, when all that began it have run theirs; idempotent
	 */
	public static synchronized Runnable open(Duration limit, Consumer<ProblemReport> reports) {
		SpareCarriers watch = shared;
		if (watch == null) {
			watch = start(limit);
			shared = watch;
		}
		watch.tell(reports);
		return () -> leave(reports);
	}

	/**
	 * Waits until carriers can be added, which is some milliseconds after the beginning,
	 * or until they could have been held for the limit. Whoever takes requests should
	 * wait before.
	 */
	public static void awaitReady() {
		SpareCarriers watch = current();
		if (watch != null) {
			try {
				watch.ready.await(watch.limit, TimeUnit.NANOSECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private static synchronized @Nullable SpareCarriers current() {
		return shared;
	}

	private static synchronized void leave(Consumer<ProblemReport> reports) {
		SpareCarriers watch = shared;
		if (watch != null && watch.reports.remove(reports) && watch.reports.isEmpty()) {
			shared = null;
			watch.stop();
		}
	}

	/** Starts a watch that nobody shares. */
	static SpareCarriers start(Duration limit) {
		SpareCarriers watch = new SpareCarriers(limit);
		watch.thread.start();
		return watch;
	}

	void tell(Consumer<ProblemReport> listener) {
		this.reports.add(listener);
	}

	void stop() {
		this.thread.interrupt();
	}

	boolean isRunning() {
		return this.thread.isAlive();
	}

	private void run() {
		try {
			boolean able = rehearse();
			this.ready.countDown();
			if (!able) {
				log.debug("This JVM does not tell whether its carriers are held, or cannot add one");
				return;
			}
			while (true) {
				TimeUnit.NANOSECONDS.sleep((this.usual > 0) ? this.limit / SLICES : this.limit / 2);
				look();
			}
		}
		catch (InterruptedException closed) {
			// Interrupted by stop(), since no other code has access to this thread.
			dismiss();
		}
	}

	/**
	 * Does once what will be done later, because nothing can be loaded for the first time
	 * while others hold the locks of class loaders. Returns whether it can be done.
	 */
	private boolean rehearse() throws InterruptedException {
		try {
			this.carriers.setParallelism(this.carriers.getParallelism());
			CountDownLatch begun = new CountDownLatch(1);
			startVirtualThread(begun);
			areHeld(begun, this.limit);
			this.carriers.getMountedVirtualThreadCount();
			return this.carriers.getPoolSize() > 0 && this.carriers.getQueuedVirtualThreadCount() >= 0
					&& computed() > 0;
		}
		catch (RuntimeException unsupported) {
			log.debug("Carriers cannot be watched", unsupported);
			return false;
		}
	}

	/** A failure, such as a shortage of memory, does not prevent the next look. */
	private void look() throws InterruptedException {
		try {
			if (this.carriers.getQueuedVirtualThreadCount() > 0) {
				CountDownLatch begun = new CountDownLatch(1);
				startVirtualThread(begun);
				if (areHeld(begun, (this.usual > 0) ? this.limit / SLICES : this.limit)) {
					relieve(begun);
				}
			}
			if (this.usual > 0) {
				boolean free = this.carriers.getMountedVirtualThreadCount() < this.usual;
				this.calm = free ? this.calm + 1 : 0;
				if (this.calm == CALM) {
					dismiss();
				}
			}
		}
		catch (RuntimeException | Error failure) {
			Failures.log(log, Level.WARN, failure, "Whether all carriers are held could not be checked");
		}
	}

	/**
	 * Starts a virtual thread. From a platform thread of its own, because the JDK has
	 * another line for each, and looks for another carrier only where a line was empty.
	 */
	private static void startVirtualThread(CountDownLatch begun) throws InterruptedException {
		Thread.ofPlatform()
			.daemon()
			.name("greenroom-carriers-start")
			.start(() -> Thread.startVirtualThread(begun::countDown))
			.join();
	}

	/**
	 * Returns whether a virtual thread has not begun for a time, in nanoseconds, in which
	 * all carriers together computed next to nothing.
	 */
	private boolean areHeld(CountDownLatch begun, long time) throws InterruptedException {
		long slice = time / SLICES;
		long before = computed();
		int stops = 0;
		for (int i = 0; i < SLICES; i++) {
			long start = System.nanoTime();
			if (begun.await(slice, TimeUnit.NANOSECONDS)) {
				return false;
			}
			if (System.nanoTime() - start > 3 * slice && ++stops <= SLICES) {
				// The JVM, or its machine, was stopped.
				i = -1;
				before = computed();
			}
		}
		return computed() - before < time / PART;
	}

	/** Returns the processor time of all carriers, in nanoseconds. */
	private long computed() {
		ThreadGroup root = Thread.currentThread().getThreadGroup();
		while (root.getParent() != null) {
			root = root.getParent();
		}
		Thread[] all = new Thread[root.activeCount() + 100];
		int count = root.enumerate(all, true);
		long sum = 0;
		for (int i = 0; i < count; i++) {
			ThreadGroup group = all[i].getThreadGroup();
			if (group != null && group.getName().equals("CarrierThreads")) {
				sum += Math.max(0, this.threads.getThreadCpuTime(all[i].threadId()));
			}
		}
		return sum;
	}

	/**
	 * Adds carriers until a virtual thread begins, or there are as many as can be. This
	 * is reported once, until the spare ones have left: what is held again soon is held
	 * by the same.
	 */
	private void relieve(CountDownLatch begun) throws InterruptedException {
		long start = System.nanoTime() - this.limit;
		int before = this.carriers.getParallelism();
		boolean first = this.usual == 0;
		if (first || before != this.set) {
			this.usual = before;
		}
		this.set = before;
		for (int round = 0; begun.getCount() > 0; round++) {
			if (round < ROUNDS) {
				add(Math.max(this.set, Math.min(2 * this.set, MOST)));
			}
			while (begun.getCount() > 0 && !areHeld(begun, this.limit / SLICES)) {
				// They compute now.
			}
		}
		this.calm = 0;
		if (first) {
			report(Duration.ofNanos(System.nanoTime() - start), before);
		}
	}

	/**
	 * Has the JDK use more carriers. It does so only when a virtual thread joins a line
	 * that seemed empty or has become too long, so some are started until it does. A new
	 * carrier that finds a line has others added.
	 */
	private void add(int count) throws InterruptedException {
		int active = this.carriers.getMountedVirtualThreadCount();
		this.carriers.setParallelism(count);
		this.set = count;
		CountDownLatch ignored = new CountDownLatch(STARTS);
		for (int i = 0; i < STARTS && this.carriers.getMountedVirtualThreadCount() <= active; i++) {
			startVirtualThread(ignored);
		}
	}

	/** On another thread, because the log and listeners may need what is still held. */
	private void report(Duration held, int before) {
		ProblemReport report = new ProblemReport(ProblemReport.Kind.STARVED, null,
				"No virtual thread could begin for %s, because all %s carriers were held by virtual threads that waited, for example for a class to be loaded; it went on with %s carriers. -Djdk.virtualThreadScheduler.parallelism=%<s has as many from the start"
					.formatted(held.truncatedTo(ChronoUnit.MILLIS), before, this.set),
				held, null, List.of());
		Thread.ofPlatform()
			.daemon()
			.name("greenroom-carriers-report")
			.start(() -> this.reports.forEach((each) -> each.accept(report)));
	}

	/** Lets spare carriers go, unless somebody else has set another number meanwhile. */
	private void dismiss() {
		if (this.usual > 0 && this.carriers.getParallelism() == this.set) {
			this.carriers.setParallelism(this.usual);
		}
		this.usual = 0;
		this.calm = 0;
	}

}
