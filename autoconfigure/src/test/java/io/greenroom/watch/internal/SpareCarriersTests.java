package io.greenroom.watch.internal;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.greenroom.observe.ProblemReport;
import io.greenroom.testkit.Until;
import jdk.management.VirtualThreadSchedulerMXBean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** Virtual threads that hold all carriers, and wait for one that has none. */
@Timeout(120)
class SpareCarriersTests {

	private static final Duration LIMIT = Duration.ofMillis(200);

	private final VirtualThreadSchedulerMXBean carriers = ManagementFactory
		.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);

	private final BlockingQueue<ProblemReport> reports = new LinkedBlockingQueue<>();

	private final int usual = this.carriers.getParallelism();

	private final SpareCarriers watch = SpareCarriers.start(LIMIT);

	@BeforeEach
	void listen() {
		this.watch.tell(this.reports::add);
	}

	@AfterEach
	void stop() {
		this.watch.stop();
		Until.until("the usual number of carriers", () -> this.carriers.getParallelism() == this.usual);
	}

	@Test
	@DisplayName("M12 virtual threads that hold all carriers while they wait for another virtual thread go on, with more carriers for a while")
	void heldForOneAnother() throws Exception {
		CountDownLatch all = new CountDownLatch(1);
		Thread opens = Thread.startVirtualThread(() -> {
			awaitUninterruptibly(all);
			Gates.ONE.countDown();
		});
		List<Thread> held = new ArrayList<>();
		for (int i = 0; i < this.usual + 3; i++) {
			held.add(Thread.startVirtualThread(One::touch));
		}
		// Held by them, not only claimed: whoever opens has given its carrier back.
		Until.until("all carriers to be held",
				() -> opens.getState() == Thread.State.WAITING && (areHeld() || hasSpare()));
		all.countDown();
		assertThat(opens.join(Duration.ofSeconds(60))).as("whoever opens got a carrier").isTrue();
		for (Thread each : held) {
			assertThat(each.join(Duration.ofSeconds(60))).isTrue();
		}
		ProblemReport report = this.reports.poll(60, TimeUnit.SECONDS);
		assertThat(report).isNotNull();
		assertThat(report.kind()).isEqualTo(ProblemReport.Kind.STARVED);
		assertThat(report.since()).isGreaterThanOrEqualTo(LIMIT);
		assertThat(report.message()).contains("all " + this.usual + " carriers were held",
				"-Djdk.virtualThreadScheduler.parallelism=");
		Until.until("spare carriers to leave", () -> this.carriers.getParallelism() == this.usual);
		assertThat(this.reports).isEmpty();
	}

	@Test
	@DisplayName("M12 a number of carriers that somebody else sets meanwhile stays")
	void setBySomebodyElse() throws Exception {
		Thread opens = Thread.startVirtualThread(() -> awaitUninterruptibly(Gates.TWO));
		List<Thread> held = new ArrayList<>();
		for (int i = 0; i < this.usual; i++) {
			held.add(Thread.startVirtualThread(Two::touch));
		}
		Until.until("all carriers to be held", () -> opens.getState() == Thread.State.WAITING
				&& this.carriers.getMountedVirtualThreadCount() >= this.usual);
		assertThat(Thread.startVirtualThread(() -> {
		}).join(Duration.ofSeconds(60))).as("more carriers than are held").isTrue();
		int others = this.usual + 7;
		this.carriers.setParallelism(others);
		Gates.TWO.countDown();
		for (Thread each : held) {
			each.join();
		}
		opens.join();
		this.watch.stop();
		Until.until("the watch to end", () -> !this.watch.isRunning());
		assertThat(this.carriers.getParallelism()).isEqualTo(others);
		this.carriers.setParallelism(this.usual);
	}

	@Test
	@DisplayName("M12 carriers that compute are not held, and stay as many as they are")
	void computing() throws Exception {
		AtomicBoolean done = new AtomicBoolean();
		List<Thread> busy = new ArrayList<>();
		for (int i = 0; i < this.usual; i++) {
			busy.add(Thread.startVirtualThread(() -> {
				while (!done.get()) {
					Thread.onSpinWait();
				}
			}));
		}
		Thread waits = Thread.startVirtualThread(() -> {
		});
		assertThat(waits.join(LIMIT.multipliedBy(5))).as("a thread behind those that compute").isFalse();
		assertThat(this.carriers.getParallelism()).isEqualTo(this.usual);
		done.set(true);
		assertThat(waits.join(Duration.ofSeconds(60))).isTrue();
		for (Thread each : busy) {
			each.join();
		}
		assertThat(this.reports).isEmpty();
	}

	@Test
	@DisplayName("M12 there is one watch for all contexts of a JVM")
	void shared() {
		Runnable first = SpareCarriers.open(LIMIT, this.reports::add);
		Runnable second = SpareCarriers.open(LIMIT, (report) -> {
		});
		try {
			this.watch.stop();
			Until.until("one watch", () -> watches() == 1);
			first.run();
			first.run();
			assertThat(watches()).isOne();
		}
		finally {
			first.run();
			second.run();
		}
	}

	private boolean areHeld() {
		return this.carriers.getMountedVirtualThreadCount() >= this.usual
				&& this.carriers.getQueuedVirtualThreadCount() >= 3;
	}

	private boolean hasSpare() {
		return this.carriers.getParallelism() > this.usual;
	}

	private static long watches() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((each) -> each.getName().equals("greenroom-carriers"))
			.count();
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** What class initializers here wait for: they take no argument. */
	private static final class Gates {

		static final CountDownLatch ONE = new CountDownLatch(1);

		static final CountDownLatch TWO = new CountDownLatch(1);

	}

	/** Holds the carriers of all that touch it: the first runs this, the others wait. */
	private static final class One {

		static {
			awaitUninterruptibly(Gates.ONE);
		}

		static void touch() {
			// The initializer is what matters.
		}

	}

	/** Holds carriers in the same way. */
	private static final class Two {

		static {
			awaitUninterruptibly(Gates.TWO);
		}

		static void touch() {
			// The initializer is what matters.
		}

	}

}
