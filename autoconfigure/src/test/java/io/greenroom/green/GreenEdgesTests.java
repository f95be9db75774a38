package io.greenroom.green;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import io.greenroom.green.io.Command;
import io.greenroom.green.worker.Worker;
import io.greenroom.testkit.CloseSchedulers;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Lengths and sizes at the edge of their types, and bodies as users write them. */
@Timeout(60)
@CloseSchedulers
class GreenEdgesTests {

	private final GreenScheduler scheduler = GreenScheduler.builder()
		.drainTimeout(Duration.ofSeconds(Long.MAX_VALUE))
		.build();

	static List<Duration> lengths() {
		return List.of(Duration.ofDays(999_999), Duration.ofSeconds(Long.MAX_VALUE), Duration.ofNanos(Long.MAX_VALUE),
				Duration.ofMillis(Long.MAX_VALUE), Duration.ofSeconds(Long.MAX_VALUE, 999_999_999));
	}

	@ParameterizedTest
	@MethodSource("lengths")
	@DisplayName("F06 each length of time works to its end, however long")
	void lengths(Duration length) throws Exception {
		assertThat(io.greenroom.green.Timeout.after(length).<Integer, Exception>call(() -> 1)).isEqualTo(1);
		Deadline deadline = Deadline.after(length);
		assertThat(deadline.within(length).isExpired()).isFalse();
		assertThat(deadline.checkMillis()).isPositive();
		assertThat(deadline.toString()).isNotEmpty();
		assertThat(this.scheduler.spawn(() -> 1).get(length)).isEqualTo(1);
		assertThat(this.scheduler.spawn(() -> 1).join(length)).isTrue();
		GreenThread<Integer> later = this.scheduler.spawnLater(length, () -> 1);
		assertThat(later.isStarted()).isFalse();
		assertThat(later.kill(length)).isTrue();
		GreenThread<Void> sleeper = this.scheduler.spawn(() -> this.scheduler.sleep(length));
		assertThat(this.scheduler.killAll(List.of(sleeper), length)).isEmpty();
		CountDownLatch begun = new CountDownLatch(1);
		GreenThread<Void> repeat = this.scheduler.repeat(length, begun::countDown);
		begun.await();
		assertThat(repeat.kill(length)).isTrue();
		GreenEvent event = new GreenEvent();
		GreenThread<Boolean> waits = this.scheduler.spawn(() -> event.await(length));
		event.set();
		assertThat(waits.get(length)).isTrue();
		GreenQueue<Integer> queue = new GreenQueue<>(Integer.MAX_VALUE);
		assertThat(queue.tryPut(1, length)).isTrue();
		assertThat(queue.tryTake(length)).isEqualTo(1);
		queue.taskDone();
		assertThat(queue.join(length)).isTrue();
		assertThat(GreenWait.any(List.of(later, waits), Integer.MAX_VALUE, length)).hasSize(2);
		assertThat(this.scheduler.joinAll(List.of(later, waits), Join.first(Integer.MAX_VALUE).within(length)))
			.hasSize(2);
		try (GreenScope scope = this.scheduler.scope()) {
			scope.spawn(() -> 1);
			scope.join(length);
		}
		assertThat(Command.of("echo").timeout(length).outputLimit(Integer.MAX_VALUE).run().exitCode()).isZero();
		assertThat(this.scheduler.drain(length).killed()).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("lengths")
	@DisplayName("F06 each length of a worker's time works to its end")
	void lengthsInWorker(Duration length) throws Exception {
		try (Worker worker = Worker.builder().mode(Worker.Mode.BATON).build()) {
			GreenThread<Void> sleeper = worker.assign(() -> worker.sleep(length));
			worker.assign(() -> io.greenroom.green.Timeout.after(length).run(() -> worker.pause()));
			worker.workFor(Duration.ofHours(1));
			assertThat(worker.clock().instant().getEpochSecond()).isEqualTo(3600);
			assertThat(sleeper.isDone()).isFalse();
		}
	}

	@Test
	@DisplayName("C03 bodies that return nothing are written as lambdas, also where methods have overloads")
	void bodiesAsLambdas() throws Exception {
		CountDownLatch latch = new CountDownLatch(1);
		GreenEvent event = new GreenEvent();
		GreenQueue<Integer> queue = new GreenQueue<>(1);
		// Each of these lines is the test: it compiles.
		GreenThread<Void> onLatch = this.scheduler.spawn(() -> latch.await());
		GreenThread<Void> onEvent = this.scheduler.spawn(() -> event.await());
		GreenThread<Void> onQueue = this.scheduler.spawn(() -> queue.join());
		GreenThread<Void> counting = this.scheduler.spawn(latch::countDown);
		GreenThread<Void> unstarted = this.scheduler.unstarted(() -> event.set());
		GreenThread<Void> named = this.scheduler.unstarted("named", () -> event.set());
		unstarted.start();
		named.start();
		this.scheduler.joinAll(List.of(onLatch, onEvent, onQueue, counting, unstarted, named));
		assertThat(List.of(onLatch, onEvent, onQueue, counting, unstarted, named)).allMatch(GreenThread::isSuccessful);
	}

	@Test
	@DisplayName("I01 a checked failure of an awaited stage is caught as the documentation says")
	void checkedFailure() throws Exception {
		IOException broken = new IOException("broken");
		try {
			this.scheduler.await(CompletableFuture.failedFuture(broken));
		}
		catch (Exception failure) {
			assertThat(failure).isInstanceOf(IOException.class);
			return;
		}
		throw new AssertionError("nothing was thrown");
	}

}
