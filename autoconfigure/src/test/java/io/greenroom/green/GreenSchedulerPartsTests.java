package io.greenroom.green;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

/** Repeats, the executor view, dumps, services, and bodies that block. */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
@CloseSchedulers
class GreenSchedulerPartsTests {

	private static final Duration LONG = Duration.ofSeconds(10);

	private final CountingObserver observer = new CountingObserver();

	private final GreenScheduler scheduler = GreenScheduler.builder().name("stage").observer(this.observer).build();

	@Test
	@DisplayName("C09 repeat runs at once, then a fixed pause after each end")
	void repeat() throws InterruptedException {
		List<Long> begins = Collections.synchronizedList(new ArrayList<>());
		List<Long> ends = Collections.synchronizedList(new ArrayList<>());
		CountDownLatch three = new CountDownLatch(3);
		GreenThread<Void> thread = this.scheduler.repeat("lamp", Duration.ofMillis(20), () -> {
			begins.add(System.nanoTime());
			three.countDown();
			ends.add(System.nanoTime());
		});
		three.await();
		assertThat(thread.kill(LONG)).isTrue();
		assertThat(thread.name()).isEqualTo("lamp");
		assertThat(begins.get(1) - ends.get(0)).isGreaterThanOrEqualTo(Duration.ofMillis(20).toNanos());
		assertThat(begins.get(2) - ends.get(1)).isGreaterThanOrEqualTo(Duration.ofMillis(20).toNanos());
	}

	@Test
	@DisplayName("G26 a pause of zero yields, a negative one is rejected; a failing body ends the repetition")
	void repeatLimits() throws InterruptedException {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.scheduler.repeat(Duration.ofNanos(-1), () -> Thread.yield()))
			.withMessageContaining("pause");
		AtomicInteger runs = new AtomicInteger();
		IllegalStateException failure = new IllegalStateException("worn out");
		this.scheduler.repeat(Duration.ZERO, () -> {
			if (runs.incrementAndGet() == 1000) {
				throw failure;
			}
		});
		assertThat(this.observer.awaitFailure()).isSameAs(failure);
		assertThat(runs).hasValue(1000);
		AtomicInteger spins = new AtomicInteger();
		GreenThread<Void> spinner = this.scheduler.repeat(Duration.ZERO, spins::incrementAndGet);
		assertThat(spinner.kill(LONG)).isTrue();
	}

	@Test
	@DisplayName("G29 a repetition ends without a failure when the scheduler drains, and does not hold it")
	void repeatEndsWithTheScheduler() throws InterruptedException {
		CountDownLatch ran = new CountDownLatch(1);
		GreenThread<Void> thread = this.scheduler.repeat(Duration.ofHours(1), ran::countDown);
		ran.await();
		DrainReport report = this.scheduler.drain(LONG);
		assertThat(report.killed()).isEmpty();
		assertThat(thread.isSuccessful()).isTrue();
		assertThatExceptionOfType(SchedulerClosedException.class)
			.isThrownBy(() -> this.scheduler.repeat(LONG, () -> Thread.yield()));
	}

	@Test
	@DisplayName("G29 a service that ignores its grace period does not hold a drain, and is named")
	void stubbornService(CapturedOutput output) throws InterruptedException {
		CountDownLatch release = new CountDownLatch(1);
		this.scheduler.attach(new GreenService() {

			@Override
			public String name() {
				return "stubborn service";
			}

			@Override
			public void stop(Duration grace) {
				while (release.getCount() > 0) {
					Thread.onSpinWait();
				}
			}

		});
		long start = System.nanoTime();
		DrainReport report = this.scheduler.drain(Duration.ofMillis(50));
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG);
		release.countDown();
		assertThat(report.stuck()).containsExactly("stubborn service");
		assertThat(output).contains("stuck: [stubborn service]");
	}

	@Test
	@DisplayName("G30 as an executor each task is a green thread; a failure is reported; after close tasks are rejected")
	void executor() throws InterruptedException {
		AtomicReference<GreenThread<?>> seen = new AtomicReference<>();
		CountDownLatch ran = new CountDownLatch(1);
		this.scheduler.asExecutor().execute(() -> {
			seen.set(GreenThread.current());
			ran.countDown();
		});
		ran.await();
		assertThat(seen.get().name()).startsWith("stage-");
		IllegalStateException failure = new IllegalStateException("tripped");
		this.scheduler.asExecutor().execute(() -> {
			throw failure;
		});
		assertThat(this.observer.awaitFailure()).isSameAs(failure);
		assertThatNullPointerException().isThrownBy(() -> this.scheduler.asExecutor().execute(nullTask()));
		this.scheduler.close();
		assertThatExceptionOfType(SchedulerClosedException.class)
			.isThrownBy(() -> this.scheduler.asExecutor().execute(() -> seen.set(null)))
			.withMessageContaining("stage");
	}

	@SuppressWarnings("NullAway")
	private static Runnable nullTask() {
		return null;
	}

	@Test
	@DisplayName("G27 the dump shows the living as a tree with their states, and their stacks where asked for")
	void dump() throws InterruptedException {
		CountDownLatch waiting = new CountDownLatch(3);
		CountDownLatch release = new CountDownLatch(1);
		GreenThread<Void> orphan = this.scheduler.spawn("gone", () -> {
			this.scheduler.spawn("orphan", () -> {
				waiting.countDown();
				release.await();
			});
		});
		orphan.join();
		GreenThread<Void> parent = this.scheduler.spawn("parent", () -> {
			this.scheduler.spawn("child", () -> {
				waiting.countDown();
				release.await();
			});
			GreenThread<Integer> late = this.scheduler.spawnLater(LONG, () -> 1);
			waiting.countDown();
			release.await();
			late.kill();
		});
		waiting.await();
		Until.until("three threads to wait",
				() -> this.scheduler.dump(0)
					.threads()
					.stream()
					.filter((thread) -> thread.activity() == Thread.State.WAITING)
					.count() == 3);
		GreenThreadDump dump = this.scheduler.dump(50);
		assertThat(dump.threads()).extracting(GreenThreadDump.Entry::name)
			.containsExactly("orphan", "parent", "child", "stage-1");
		assertThat(dump.threads()).extracting(GreenThreadDump.Entry::depth).containsExactly(0, 0, 1, 1);
		assertThat(dump.threads()).extracting(GreenThreadDump.Entry::parent)
			.containsExactly("gone", null, "parent", "parent");
		assertThat(dump.threads()).extracting(GreenThreadDump.Entry::state)
			.containsExactly(GreenThread.State.RUNNING, GreenThread.State.RUNNING, GreenThread.State.RUNNING,
					GreenThread.State.NEW);
		assertThat(dump.threads().get(1).stack()).anyMatch((frame) -> frame.getMethodName().equals("await"));
		assertThat(this.scheduler.dump(0)).hasToString("""
				Scheduler 'stage': 4 green threads
				  orphan: running, waiting, spawned by gone
				  parent: running, waiting
				    child: running, waiting
				    stage-1: new""");
		assertThat(dump.toString()).contains("\n      at java.base/");
		assertThatIllegalArgumentException().isThrownBy(() -> this.scheduler.dump(-1));
		release.countDown();
		parent.join();
	}

	@Test
	@DisplayName("G27 the dump of a long line of parents does not overflow")
	void dumpOfALongLine() throws InterruptedException {
		CountDownLatch last = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		this.scheduler.spawn(() -> succeed(5000, last, release));
		last.await();
		GreenThreadDump dump = this.scheduler.dump(0);
		assertThat(dump.threads()).hasSize(5001);
		assertThat(dump.threads().getLast().depth()).isEqualTo(5000);
		assertThat(dump.toString()).contains("5001 green threads");
		release.countDown();
	}

	private void succeed(int left, CountDownLatch last, CountDownLatch release) throws InterruptedException {
		if (left == 0) {
			last.countDown();
		}
		else {
			this.scheduler.spawn(() -> succeed(left - 1, last, release));
		}
		release.await();
	}

	@Test
	@DisplayName("G21 a stack overflow that nobody waits for is reported exactly once, and the scheduler goes on")
	void stackOverflow(CapturedOutput output) throws InterruptedException {
		GreenThread<Integer> deep = this.scheduler.unstarted("deep", () -> overflow(0));
		deep.start();
		assertThat(this.observer.awaitFailure()).isInstanceOf(StackOverflowError.class);
		assertThat(this.scheduler.spawn(() -> "alive").get()).isEqualTo("alive");
		this.scheduler.close();
		assertThat(this.observer.failures()).hasSize(1);
		assertThat(output.getOut().split("Green thread 'deep' failed", -1)).hasSize(2);
		assertThat(deep.exception()).isInstanceOf(StackOverflowError.class);
	}

	@SuppressWarnings("InfiniteRecursion")
	private static int overflow(int depth) {
		return 1 + overflow(depth + 1);
	}

	@Test
	@DisplayName("G31 two green threads block in a channel read and in a selector; a third goes on at once")
	void blockingChannels() throws Exception {
		BlockingQueue<Selector> selectors = new LinkedBlockingQueue<>();
		Pipe pipe = Pipe.open();
		CountDownLatch blocking = new CountDownLatch(2);
		GreenThread<Integer> reader = this.scheduler.spawn(() -> {
			blocking.countDown();
			return pipe.source().read(ByteBuffer.allocate(1));
		});
		GreenThread<Integer> selecting = this.scheduler.spawn(() -> {
			try (Selector selector = Selector.open()) {
				blocking.countDown();
				selectors.add(selector);
				return selector.select();
			}
		});
		blocking.await();
		assertThat(this.scheduler.spawn(() -> "at once").get(LONG)).isEqualTo("at once");
		assertThat(reader.isDone() || selecting.isDone()).isFalse();
		GreenThread<Void> writer = this.scheduler.spawn(() -> writeOne(pipe));
		selectors.take().wakeup();
		this.scheduler.joinAll(List.of(reader, selecting, writer));
		assertThat(reader.value()).isOne();
		assertThat(selecting.value()).isZero();
		pipe.source().close();
		pipe.sink().close();
	}

	private static void writeOne(Pipe pipe) throws IOException {
		pipe.sink().write(ByteBuffer.allocate(1));
	}

}
