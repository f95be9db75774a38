package io.greenroom.deferred.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.observe.CallMode;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** One call by itself: what its caller, its runner and a stop tell each other. */
@Timeout(60)
class CallTests {

	private static final Call.Awaited NOTHING = new Call.Awaited() {

		@Override
		public String name() {
			return "nothing";
		}

		@Override
		public java.util.List<Thread> heldBy() {
			return java.util.List.of();
		}

		@Override
		public long now() {
			return System.nanoTime();
		}

	};

	@Test
	@DisplayName("D10 a call that was withdrawn, has failed or has begun does not begin")
	void whatIsOverDoesNotBegin() {
		Call withdrawn = new EmptyCall(CallMode.SYNC);
		assertThat(withdrawn.withdraw()).isTrue();
		assertThat(withdrawn.begin()).isFalse();
		Call failed = new EmptyCall(CallMode.SYNC);
		assertThat(failed.fail(new IllegalStateException("stopped"))).isTrue();
		assertThat(failed.begin()).isFalse();
		Call begun = new EmptyCall(CallMode.SYNC);
		assertThat(begun.begin()).isTrue();
		assertThat(begun.begin()).isFalse();
	}

	@Test
	@DisplayName("D10 a call that is withdrawn or failed lets go of what its body needed, and is counted as withdrawn once")
	void withdrawnCallsKeepNothing() {
		AtomicInteger cleared = new AtomicInteger();
		Call withdrawn = clearing(cleared);
		withdrawn.withdraw();
		assertThat(cleared).hasValue(1);
		assertThat(withdrawn.countAsWithdrawn()).isTrue();
		assertThat(withdrawn.countAsWithdrawn()).isFalse();
		clearing(cleared).fail(new IllegalStateException("stopped"));
		assertThat(cleared).hasValue(2);
	}

	private static Call clearing(AtomicInteger cleared) {
		return new EmptyCall(CallMode.SYNC) {

			@Override
			void clear() {
				cleared.incrementAndGet();
			}

		};
	}

	@Test
	@DisplayName("D10 the end of a call waits for the interrupt that its caller has begun, so that it reaches nothing else")
	void theEndWaitsForAnInterrupt() throws Exception {
		Call call = new EmptyCall(CallMode.SYNC);
		CountDownLatch goOn = new CountDownLatch(1);
		CountDownLatch ended = new CountDownLatch(1);
		CompletableFuture<Boolean> endedFirst = new CompletableFuture<>();
		assertThat(call.begin()).isTrue();
		call.runBy((interrupted) -> {
			goOn.countDown();
			try {
				// What must not come is given time to come.
				endedFirst.complete(ended.await(300, TimeUnit.MILLISECONDS));
			}
			catch (InterruptedException ex) {
				endedFirst.completeExceptionally(ex);
			}
		});
		Thread body = Thread.ofPlatform().daemon().start(() -> {
			awaitQuietly(goOn);
			call.returned("done");
			ended.countDown();
		});
		assertThat(call.leave(true)).isEqualTo(Call.Leaving.ABANDONED);
		assertThat(endedFirst.get(20, TimeUnit.SECONDS)).as("the call has ended amid the interrupt").isFalse();
		assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
		body.join();
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Starts a thread that waits for a call, which has begun. */
	private static CompletableFuture<Boolean> waiting(CompletableFuture<Call> calls) throws Exception {
		CompletableFuture<Boolean> inTime = new CompletableFuture<>();
		Thread caller = Thread.ofPlatform().daemon().start(() -> {
			Call call = new EmptyCall(CallMode.SYNC);
			call.begin();
			calls.complete(call);
			try {
				inTime.complete(call.await(System.nanoTime(), Long.MAX_VALUE / 2, NOTHING, null));
			}
			catch (Throwable failure) {
				inTime.completeExceptionally(failure);
			}
		});
		calls.get(20, TimeUnit.SECONDS);
		Until.waiting(caller);
		return inTime;
	}

	@Test
	@DisplayName("D05 the end of a call wakes its caller")
	void theEndWakesTheCaller() throws Exception {
		CompletableFuture<Call> call = new CompletableFuture<>();
		CompletableFuture<Boolean> inTime = waiting(call);
		assertThat(call.get().returned("done")).isTrue();
		assertThat(inTime.get(20, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	@DisplayName("D20 a stop wakes the caller of the call that runs")
	void aStopWakesTheCaller() throws Exception {
		CompletableFuture<Call> call = new CompletableFuture<>();
		CompletableFuture<Boolean> inTime = waiting(call);
		assertThat(call.get().tell(new IllegalStateException("stopped"))).isTrue();
		assertThat(inTime.get(20, TimeUnit.SECONDS)).isTrue();
		assertThat(call.get().returned("too late")).isFalse();
	}

}
