package io.greenroom.soak;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.greenroom.green.GreenScheduler;
import org.slf4j.LoggerFactory;

/**
 * Uses all of Greenroom at once for a while: handlers, pools, threads, machines, servers
 * and contexts, with bodies and listeners that throw anything. In the end every caller
 * has had what was promised, nothing is left over, and the heap is as full as it was.
 */
final class Soak {

	private static final int PLATFORM = 4;

	private static final int VIRTUAL = 24;

	private final List<Scene> scenes = new ArrayList<>();

	private final List<String> failures = new ArrayList<>();

	private final List<Long> heaps = new ArrayList<>();

	private final AtomicLong logged = new AtomicLong();

	private volatile boolean over;

	/**
	 * Plays until so many calls were made or the time is over; returns what went wrong.
	 */
	List<String> run(long calls, Duration limit) throws Throwable {
		Logger log = (Logger) LoggerFactory.getLogger("io.greenroom");
		Counting counting = new Counting(this.logged);
		counting.start();
		log.setAdditive(false);
		log.addAppender(counting);
		try {
			play(calls, limit);
		}
		finally {
			log.detachAppender(counting);
			log.setAdditive(true);
		}
		return this.failures;
	}

	private void play(long calls, Duration limit) throws Throwable {
		GreenScheduler scheduler = GreenScheduler.builder()
			.observer(new FailingObserver())
			.drainTimeout(Duration.ofSeconds(10))
			.build();
		this.scenes.addAll(HandlerScenes.all(scheduler));
		this.scenes.addAll(OtherScenes.all(scheduler));
		List<Thread> players = new ArrayList<>();
		for (int i = 0; i < PLATFORM; i++) {
			players.add(Thread.ofPlatform().daemon().name("soak-" + i).start(this::player));
		}
		for (int i = 0; i < VIRTUAL; i++) {
			players.add(Thread.ofVirtual().name("soak-virtual-" + i).start(this::player));
		}
		watch(calls, limit);
		this.over = true;
		for (Thread player : players) {
			if (!player.join(Duration.ofSeconds(90))) {
				this.failures.add(player.getName() + " hangs in "
						+ List.of(player.getStackTrace())
							.stream()
							.limit(25)
							.map(String::valueOf)
							.collect(Collectors.joining("\n  ")));
			}
		}
		if (this.failures.isEmpty()) {
			settle();
		}
		for (Scene scene : this.scenes) {
			if (this.failures.isEmpty()) {
				scene.sums();
			}
			scene.close();
		}
		io.greenroom.green.DrainReport report = scheduler.drain(Duration.ofSeconds(20));
		if (!String.valueOf(report).isEmpty() && !scheduler.dump(0).threads().isEmpty()) {
			this.failures.add("left over: " + report + " " + scheduler.dump(0));
		}
		for (Scene scene : this.scenes) {
			if (scene.wrongs() > 0) {
				this.failures.add(scene.toString());
			}
		}
		heap();
	}

	/** Reads the heap four times on the way. */
	private void watch(long calls, Duration limit) throws InterruptedException {
		long start = System.nanoTime();
		while (true) {
			Thread.sleep(50);
			double done = Math.max((double) calls() / calls, (double) (System.nanoTime() - start) / limit.toNanos());
			if (done * 4 >= this.heaps.size() + 1) {
				this.heaps.add(heapInUse());
			}
			if (done >= 1) {
				return;
			}
		}
	}

	private void player() {
		while (!this.over) {
			ThreadLocalRandom random = ThreadLocalRandom.current();
			Scene scene = this.scenes.get(random.nextInt(this.scenes.size()));
			try {
				scene.play(random);
			}
			catch (Throwable thrown) {
				scene.wrong("a player got " + io.greenroom.observe.internal.Failures.describe(thrown));
			}
			if (Thread.interrupted()) {
				scene.wrong("a player was left with an interrupt");
			}
		}
	}

	private void settle() throws Throwable {
		long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
		for (Scene scene : this.scenes) {
			String left = scene.left();
			while (!left.isEmpty() && System.nanoTime() < deadline) {
				Thread.sleep(20);
				left = scene.left();
			}
			if (!left.isEmpty()) {
				this.failures.add(left);
			}
		}
	}

	/** The first quarter warms up; what comes after it must not add up. */
	private void heap() {
		long first = this.heaps.getFirst();
		long last = this.heaps.getLast();
		if (last > first + first / 2 + 20_000_000) {
			this.failures.add("the heap grows: " + this.heaps);
		}
	}

	private static long heapInUse() {
		long least = Long.MAX_VALUE;
		for (int i = 0; i < 3; i++) {
			System.gc();
			least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
		}
		return least;
	}

	private long calls() {
		return this.scenes.stream().mapToLong(Scene::calls).sum();
	}

	@Override
	public String toString() {
		return this.scenes.stream().map(Scene::toString).collect(Collectors.joining("\n"))
				+ String.format("%n%-22s %,12d calls, %,d log entries, heap %s MB", "all", calls(), this.logged.get(),
						this.heaps.stream().map((bytes) -> bytes / 1_000_000).toList());
	}

	/** Has log entries made in full, and keeps none. */
	private static final class Counting extends AppenderBase<ILoggingEvent> {

		private final AtomicLong count;

		Counting(AtomicLong count) {
			this.count = count;
		}

		@Override
		protected void append(ILoggingEvent event) {
			this.count.incrementAndGet();
		}

	}

}
