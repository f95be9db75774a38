package io.greenroom.green;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.testkit.CloseSchedulers;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.greenroom.testkit.Until.until;
import static org.assertj.core.api.Assertions.assertThat;

/** A kill that meets the end of the body, step by step. */
@Timeout(60)
@CloseSchedulers
class KillTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private final SlowInterrupts engine = new SlowInterrupts();

	private final GreenScheduler scheduler = this.engine.scheduler();

	@Test
	@DisplayName("G04 a body that ends while it is killed waits for that, so that the interrupt reaches nothing else")
	void theEndWaitsForTheKill() throws Exception {
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		CountDownLatch ended = new CountDownLatch(1);
		CompletableFuture<Boolean> endedFirst = new CompletableFuture<>();
		this.engine.beforeInterrupt = () -> {
			goOn.countDown();
			try {
				// What must not come is given time to come.
				endedFirst.complete(ended.await(300, TimeUnit.MILLISECONDS));
			}
			catch (InterruptedException ex) {
				endedFirst.completeExceptionally(ex);
			}
		};
		GreenThread<Void> thread = this.scheduler.unstarted("ending", () -> {
			inside.countDown();
			goOn.await();
		});
		thread.link((_) -> ended.countDown());
		thread.start();
		inside.await();
		thread.kill();
		assertThat(endedFirst.get(20, TimeUnit.SECONDS)).as("the body has ended amid the kill").isFalse();
		assertThat(thread.join(LONG)).isTrue();
	}

	@Test
	@DisplayName("G04 links of a thread that was killed are not interrupted")
	void linksAreNotInterrupted() throws Exception {
		AtomicReference<Boolean> interrupted = new AtomicReference<>();
		CountDownLatch linked = new CountDownLatch(1);
		GreenThread<Void> thread = this.scheduler.unstarted("deaf", () -> {
			GreenThread<?> self = GreenThread.current();
			until("the kill", () -> self != null && self.state() == GreenThread.State.KILLED
					&& Thread.currentThread().isInterrupted());
		});
		thread.link((_) -> {
			interrupted.set(Thread.currentThread().isInterrupted());
			linked.countDown();
		});
		thread.start();
		until("the body to begin", () -> thread.state() == GreenThread.State.RUNNING);
		thread.kill();
		assertThat(linked.await(20, TimeUnit.SECONDS)).isTrue();
		assertThat(interrupted).hasValue(false);
	}

	/** Has threads that are interrupted slowly. */
	private static final class SlowInterrupts extends HookedEngine {

		private volatile Runnable beforeInterrupt = () -> {
		};

		@Override
		public Thread thread(String name, Runnable body) {
			return new Thread(body, name) {

				@Override
				public void interrupt() {
					SlowInterrupts.this.beforeInterrupt.run();
					super.interrupt();
				}

			};
		}

	}

}
