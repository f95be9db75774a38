package io.greenroom.deferred.internal;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.Execution;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.Processing;
import io.greenroom.green.GreenScheduler;
import io.greenroom.testkit.Rounds;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** An operator's interrupt reaches the body that runs, and nothing after it. */
@Timeout(120)
class InterruptedBodiesTests {

	private static final long LONG_ENOUGH = TimeUnit.SECONDS.toNanos(20);

	private final GreenScheduler scheduler = GreenScheduler.builder().build();

	@AfterEach
	void close() {
		this.scheduler.close();
	}

	private Handler handler(HandlerOptions options) {
		return new Handler(this.scheduler, HandlerType.of(Shelf.class), new Shelf(), options);
	}

	@Test
	@DisplayName("M08 the body that runs is interrupted, its caller waits on for it, and the next body is not")
	void interrupts() throws Exception {
		Handler handler = handler(HandlerOptions.defaults());
		Deferred<Shelf> shelf = handler.deferred(Shelf.class, (Shelf) handler.target());
		CountDownLatch inside = new CountDownLatch(1);
		assertThat(handler.interrupt(null)).isNull();
		var held = shelf.async((each) -> each.hold(inside));
		inside.await();
		var next = shelf.async(Shelf::isInterrupted);
		assertThat(handler.interrupt("somebody else")).isNull();
		Until.until("the body to be seen", () -> handler.interrupt(null) != null);
		assertThat(held.get()).isEqualTo("interrupted");
		assertThat(next.get()).isFalse();
		assertThat(handler.interrupt(null)).isNull();
		assertThat(shelf.sync().isInterrupted()).isFalse();
	}

	@Test
	@DisplayName("M08 however bodies and interrupts meet, none is left on the thread that processes")
	void leavesNothingOnTheProcessingThread() throws Exception {
		Handler handler = handler(HandlerOptions.builder().processing(Processing.MANUAL).build());
		Deferred<Shelf> shelf = handler.deferred(Shelf.class, (Shelf) handler.target());
		AtomicInteger left = new AtomicInteger();
		race(handler, () -> {
			shelf.oneway().put();
			handler.calls().process();
			if (Thread.interrupted()) {
				left.incrementAndGet();
			}
		});
		assertThat(left).hasValue(0);
	}

	@Test
	@DisplayName("M08 a body that ends while it is interrupted waits for that, so that it reaches nothing else")
	void endsWhileInterrupted() throws Exception {
		Handler handler = handler(HandlerOptions.builder().processing(Processing.MANUAL).build());
		Deferred<Shelf> shelf = handler.deferred(Shelf.class, (Shelf) handler.target());
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		CountDownLatch processed = new CountDownLatch(1);
		CountDownLatch interrupted = new CountDownLatch(1);
		AtomicInteger left = new AtomicInteger();
		Thread processing = new Thread(() -> {
			handler.calls().process();
			processed.countDown();
			awaitUninterruptibly(interrupted);
			left.addAndGet(Thread.interrupted() ? 1 : 0);
		}) {

			@Override
			public void interrupt() {
				leave.countDown();
				try {
					// What must not come is given time to come.
					assertThat(processed.await(300, TimeUnit.MILLISECONDS)).isFalse();
				}
				catch (InterruptedException ex) {
					throw new AssertionError(ex);
				}
				finally {
					super.interrupt();
				}
			}

		};
		shelf.oneway().spin(inside, leave);
		processing.start();
		inside.await();
		try {
			assertThat(handler.interrupt(null)).isEqualTo("spin");
		}
		finally {
			interrupted.countDown();
			processing.join();
		}
		assertThat(left).hasValue(0);
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		while (latch.getCount() > 0) {
			Thread.onSpinWait();
		}
	}

	@Test
	@DisplayName("M08 nor on the thread of a caller that runs its own call, which keeps an interrupt of its own")
	void leavesNothingOnTheCaller() throws Exception {
		Handler handler = handler(HandlerOptions.builder().execution(Execution.CALLER_WHEN_IDLE).build());
		Deferred<Shelf> shelf = handler.deferred(Shelf.class, (Shelf) handler.target());
		AtomicInteger left = new AtomicInteger();
		race(handler, () -> {
			shelf.sync().put();
			if (Thread.interrupted()) {
				left.incrementAndGet();
			}
		});
		assertThat(left).hasValue(0);
		Thread.currentThread().interrupt();
		shelf.oneway().put();
		assertThat(Thread.interrupted()).isTrue();
	}

	/**
	 * Runs calls and interrupts side by side, until some of these have met bodies. Where
	 * they have to share a core, each waits for the other's turn, so the time is limited
	 * too.
	 */
	private static void race(Handler handler, Runnable round) throws InterruptedException {
		Semaphore going = new Semaphore(0);
		AtomicInteger met = new AtomicInteger();
		Thread operator = Thread.ofPlatform().start(() -> {
			while (going.availablePermits() == 0) {
				if (handler.interrupt(null) != null) {
					met.incrementAndGet();
				}
			}
		});
		try {
			int least = Rounds.of(20_000);
			long start = System.nanoTime();
			for (int i = 0; (i < least || met.get() == 0) && System.nanoTime() - start < LONG_ENOUGH; i++) {
				round.run();
			}
			assertThat(met).as("bodies that were met").hasPositiveValue();
		}
		finally {
			going.release();
			operator.join();
		}
	}

	/** Has bodies that are short, and one that is not. */
	static class Shelf {

		private int things;

		/**
		 * Some bodies take a while: the look at the stack takes longer than the others.
		 */
		void put() {
			this.things++;
			long end = System.nanoTime() + ((this.things % 64 == 0) ? 500_000 : 0);
			while (System.nanoTime() < end) {
				Thread.onSpinWait();
			}
		}

		boolean isInterrupted() {
			return Thread.currentThread().isInterrupted();
		}

		void spin(CountDownLatch inside, CountDownLatch leave) {
			inside.countDown();
			awaitUninterruptibly(leave);
		}

		String hold(CountDownLatch inside) {
			inside.countDown();
			try {
				new CountDownLatch(1).await();
				return "left alone";
			}
			catch (InterruptedException ex) {
				return "interrupted";
			}
		}

	}

}
