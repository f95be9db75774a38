package io.greenroom.deferred;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.greenroom.deferred.internal.Inside;
import io.greenroom.green.DrainReport;
import io.greenroom.green.GreenScheduler;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Until;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Loops that throw and are started again, or not. */
@Timeout(60)
@CloseSchedulers
class RestartTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().build();

	private final Fragile fragile = new Fragile();

	/** Overridden where all of this is to hold with other options too. */
	HandlerOptions options() {
		return HandlerOptions.defaults();
	}

	private Deferred<Fragile> looped(int limit, Duration backoff) {
		return Deferred.of(this.scheduler, this.fragile,
				options().toBuilder().restart(new RestartPolicy(limit, Duration.ofMinutes(1), backoff)).build());
	}

	@Test
	@DisplayName("D33 without a policy the first failure is the end")
	void noRestart() {
		Deferred<Fragile> deferred = looped(0, Duration.ZERO);
		this.fragile.broken = 1;
		this.fragile.go.countDown();
		assertThatExceptionOfType(HandlerStoppedException.class).isThrownBy(deferred.sync()::starts)
			.withMessageContaining("broken 1");
	}

	@Test
	@DisplayName("D33 a loop is restarted, and the calls queued meanwhile survive in their order")
	void queuedCallsSurvive() throws Exception {
		Deferred<Fragile> deferred = looped(3, Duration.ofMillis(1));
		this.fragile.broken = 3;
		List<CompletableFuture<Integer>> queued = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			int number = i;
			queued.add(deferred.async((handler) -> handler.note(number)));
		}
		this.fragile.go.countDown();
		for (int i = 0; i < 10; i++) {
			assertThat(queued.get(i).get(10, TimeUnit.SECONDS)).isEqualTo(i + 1);
		}
		assertThat(deferred.sync().starts()).isEqualTo(4);
	}

	@Test
	@DisplayName("D33 after n restarts in the period the handler gives up and tells everybody")
	void givesUp() throws Exception {
		Deferred<Fragile> deferred = looped(3, Duration.ofMillis(1));
		this.fragile.broken = 4;
		CompletableFuture<Integer> queued = deferred.async((handler) -> handler.note(1));
		this.fragile.go.countDown();
		assertThat(queued).failsWithin(Duration.ofSeconds(10))
			.withThrowableThat()
			.havingCause()
			.isInstanceOf(HandlerStoppedException.class)
			.withMessageContaining("broken 4");
		assertThatExceptionOfType(HandlerStoppedException.class).isThrownBy(deferred.sync()::starts);
	}

	@Test
	@DisplayName("D33 D31 a shutdown in the middle of a back-off does not wait for it, and runs what is queued")
	void shutdownInTheBackOff() throws Exception {
		Deferred<Fragile> deferred = looped(3, Duration.ofSeconds(50));
		this.fragile.broken = 1;
		CompletableFuture<Integer> queued = deferred.async((handler) -> handler.note(1));
		this.fragile.go.countDown();
		this.fragile.failed.await();
		awaitBackOff();
		assertThat(this.scheduler.drain(Duration.ofSeconds(40)).work().left()).isEmpty();
		assertThat(queued.get(20, TimeUnit.SECONDS)).isEqualTo(1);
	}

	@Test
	@DisplayName("D33 D31 a loop that dies while the scheduler drains: its callers are told, and the drain does not wait for them")
	void deathInTheDrain() throws Exception {
		Deferred<Fragile> deferred = looped(3, Duration.ofSeconds(50));
		this.fragile.broken = 1;
		CompletableFuture<Integer> queued = deferred.async((handler) -> handler.note(1));
		CompletableFuture<DrainReport> report = new CompletableFuture<>();
		Thread.startVirtualThread(() -> report.complete(this.scheduler.drain(Duration.ofHours(1))));
		Until.until("the shutdown to begin", () -> deferred.calls().isClosing());
		this.fragile.go.countDown();
		assertThat(report.get(20, TimeUnit.SECONDS).work().left()).containsExactly("Fragile.async");
		assertThat(queued).isCompletedExceptionally();
	}

	/** Returns when the loop has failed and waits for its restart. */
	private void awaitBackOff() {
		Until.until("the loop to wait for its restart", () -> Inside.isInBackOff(this.fragile.thread));
	}

	/** Its loop breaks some times. */
	static class Fragile {

		private final CountDownLatch go = new CountDownLatch(1);

		private final CountDownLatch failed = new CountDownLatch(1);

		private final List<Integer> notes = new ArrayList<>();

		private volatile int broken;

		private volatile @Nullable Thread thread;

		private int starts;

		@ProcessingLoop
		void run(DeferredCalls calls) throws InterruptedException {
			this.go.await();
			this.thread = Thread.currentThread();
			this.starts++;
			if (this.starts <= this.broken) {
				this.failed.countDown();
				throw new IllegalStateException("broken " + this.starts);
			}
			calls.processForever();
		}

		int note(int number) {
			this.notes.add(number);
			return this.notes.size();
		}

		int starts() {
			return this.starts;
		}

	}

}
