package io.greenroom.deferred;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.HandlerType;
import io.greenroom.green.DrainReport;
import io.greenroom.green.GreenScheduler;
import io.greenroom.testkit.Rounds;
import io.greenroom.testkit.Until;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Handlers and their scheduler on the way to the end. */
@Timeout(120)
class ShutdownTests {

	/** Overridden where all of this is to hold with other options too. */
	HandlerOptions options() {
		return HandlerOptions.defaults();
	}

	private static GreenScheduler scheduler() {
		return GreenScheduler.builder().build();
	}

	@Test
	@DisplayName("D31 accepted calls may call other handlers while all of them drain, also ones not called before")
	void drainingHandlersServeEachOther() throws Exception {
		GreenScheduler scheduler = scheduler();
		Link last = new Link();
		Link middle = new Link();
		Link first = new Link();
		middle.next = Deferred.of(scheduler, last, options()).sync();
		first.next = Deferred.of(scheduler, middle, options()).sync();
		Deferred<Link> entry = Deferred.of(scheduler, first, options());
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		entry.oneway().hold(inside, leave);
		List<CompletableFuture<Integer>> accepted = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			accepted.add(entry.async(Link::pass));
		}
		inside.await();
		CompletableFuture<DrainReport> drain = drain(scheduler, Duration.ofSeconds(30));
		awaitClosing(entry);
		assertThatExceptionOfType(HandlerStoppedException.class).isThrownBy(entry.sync()::pass);
		leave.countDown();
		DrainReport report = drain.get(30, TimeUnit.SECONDS);
		for (CompletableFuture<Integer> call : accepted) {
			assertThat(call).isCompletedWithValue(3);
		}
		assertThat(report.work().left()).isEmpty();
		assertThat(report.work().ran()).isEqualTo(301);
		assertThat(last.passed).isEqualTo(100);
	}

	@Test
	@DisplayName("D31 a green thread that was accepted may call handlers while the scheduler drains")
	void greenThreadsAreInside() throws Exception {
		GreenScheduler scheduler = scheduler();
		Deferred<Link> handler = Deferred.of(scheduler, new Link(), options());
		assertThat(handler.sync().pass()).isEqualTo(1);
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		var thread = scheduler.spawn("accepted", () -> {
			inside.countDown();
			leave.await();
			return handler.sync().pass();
		});
		inside.await();
		CompletableFuture<DrainReport> drain = drain(scheduler, Duration.ofSeconds(30));
		awaitClosing(handler);
		leave.countDown();
		assertThat(thread.get()).isEqualTo(1);
		assertThat(drain.get(30, TimeUnit.SECONDS).killed()).isEmpty();
	}

	@Test
	@DisplayName("D31 accepted = run + told, under load and with a grace that is too short")
	void acceptedIsRunOrTold() throws Exception {
		GreenScheduler scheduler = scheduler();
		Link back = new Link();
		Link front = new Link();
		front.next = Deferred.of(scheduler, back, options()).oneway();
		Deferred<Link> entry = Deferred.of(scheduler, front, options().toBuilder().capacity(1000).build());
		AtomicInteger oneways = new AtomicInteger();
		AtomicInteger answered = new AtomicInteger();
		AtomicInteger told = new AtomicInteger();
		AtomicInteger rejected = new AtomicInteger();
		List<Thread> callers = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			boolean oneway = (i % 2 == 0);
			callers.add(Thread.startVirtualThread(() -> {
				try {
					while (true) {
						if (oneway) {
							entry.oneway().slow();
							oneways.incrementAndGet();
						}
						else {
							entry.async(Link::slow).whenComplete((done, failure) -> {
								answered.addAndGet((failure == null) ? 1 : 0);
								told.addAndGet((failure != null) ? 1 : 0);
							});
						}
					}
				}
				catch (HandlerStoppedException ex) {
					rejected.incrementAndGet();
				}
			}));
		}
		Until.until("2000 calls to be made", () -> front.slow >= 2_000);
		DrainReport report = drain(scheduler, Duration.ofMillis(1)).get(30, TimeUnit.SECONDS);
		for (Thread caller : callers) {
			caller.join();
		}
		assertThat(rejected).hasValue(8);
		List<String> left = report.work().left();
		int leftQueued = (int) left.stream().filter((name) -> !name.endsWith("(running)")).count();
		assertThat(answered.get() + told.get() + oneways.get()).isEqualTo(front.slow + leftQueued);
		assertThat(report.work().accepted()).isEqualTo(report.work().ran() + left.size());
		assertThat(leftQueued).isPositive();
	}

	@Test
	@DisplayName("D31 what has not ended in time is failed to its callers, also what runs, and reported by name")
	void whatIsLeftIsTold() throws Exception {
		GreenScheduler scheduler = scheduler();
		Deferred<Link> handler = Deferred.of(scheduler, new Link(), options());
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		CompletableFuture<@Nullable Void> running = handler.async((link) -> {
			inside.countDown();
			while (leave.getCount() > 0) {
				// Deaf to interrupts, as a computation is.
				Thread.onSpinWait();
			}
			return null;
		});
		inside.await();
		CompletableFuture<Integer> queued = handler.async(Link::pass);
		handler.oneway().pass();
		DrainReport report = drain(scheduler, Duration.ofMillis(10)).get(30, TimeUnit.SECONDS);
		assertThat(report.work().left()).containsExactlyInAnyOrder("Link.async (running)", "Link.async", "Link.pass");
		assertThat(report.stuck()).containsExactly("handler-Link");
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(running::get)
			.withCauseInstanceOf(HandlerStoppedException.class)
			.withMessageContaining("still running");
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(queued::get)
			.withCauseInstanceOf(HandlerStoppedException.class);
		leave.countDown();
	}

	@Test
	@DisplayName("D20 D31 a sync caller whose body does not end is told too")
	void syncCallersOfStuckBodiesAreTold() throws Exception {
		GreenScheduler scheduler = scheduler();
		Deferred<Link> handler = Deferred.of(scheduler, new Link(), options());
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		CompletableFuture<@Nullable Throwable> caller = new CompletableFuture<>();
		Thread.startVirtualThread(() -> {
			try {
				handler.sync().spin(inside, leave);
				caller.complete(null);
			}
			catch (Throwable thrown) {
				caller.complete(thrown);
			}
		});
		inside.await();
		drain(scheduler, Duration.ZERO).get(30, TimeUnit.SECONDS);
		assertThat(caller.get(20, TimeUnit.SECONDS)).isInstanceOf(HandlerStoppedException.class)
			.hasMessageContaining("Link.spin was still running");
		leave.countDown();
	}

	@Test
	@DisplayName("D20 a call that races with the close is run or told, never left waiting")
	void callsRacingWithTheClose() throws Exception {
		for (int round = 0; round < Rounds.of(10_000); round++) {
			GreenScheduler scheduler = scheduler();
			Deferred<Link> handler = Deferred.of(scheduler, new Link(), options());
			boolean manual = (round % 2 == 0);
			Deferred<Link> raced = manual
					? Deferred.of(scheduler, new Link(), options().toBuilder().processing(Processing.MANUAL).build())
					: handler;
			CompletableFuture<CompletableFuture<Integer>> called = new CompletableFuture<>();
			Thread processor = Thread.startVirtualThread(() -> {
				if (manual) {
					raced.calls().process();
				}
			});
			Thread caller = Thread.startVirtualThread(() -> {
				try {
					called.complete(raced.async(Link::pass));
				}
				catch (HandlerStoppedException rejected) {
					called.complete(CompletableFuture.failedFuture(rejected));
				}
			});
			scheduler.drain((round % 4 < 2) ? Duration.ZERO : Duration.ofMillis(1));
			caller.join();
			processor.join();
			assertThat(called.get(10, TimeUnit.SECONDS).handle((value, failure) -> true).get(10, TimeUnit.SECONDS))
				.isTrue();
		}
	}

	@Test
	@DisplayName("D31 D41 calls to a loop that never started are told at the shutdown, which does not wait for them")
	void loopsThatNeverStarted() throws Exception {
		GreenScheduler scheduler = scheduler();
		Loop loop = new Loop();
		Handler handler = new Handler(scheduler, HandlerType.of(Loop.class), loop, options());
		CompletableFuture<Boolean> queued = handler.deferred(Loop.class, loop).async((any) -> true);
		DrainReport report = drain(scheduler, Duration.ofSeconds(100)).get(30, TimeUnit.SECONDS);
		assertThat(queued).isCompletedExceptionally();
		assertThat(report.work().left()).containsExactly("Loop.async");
	}

	@Test
	@DisplayName("D20 a processing thread of the user's own that finds its handler ended tells those it had in hand")
	void manualProcessorsLeaveNobodyBehind() throws Exception {
		GreenScheduler scheduler = scheduler();
		for (int round = 0; round < Rounds.of(10_000); round++) {
			Link link = new Link();
			Handler handler = new Handler(scheduler, HandlerType.of(Link.class), link,
					options().toBuilder().processing(Processing.MANUAL).build());
			Deferred<Link> deferred = handler.deferred(Link.class, link);
			List<CompletableFuture<Integer>> calls = new ArrayList<>();
			for (int i = 0; i < 5; i++) {
				calls.add(deferred.async(Link::pass));
			}
			Thread processor = Thread.startVirtualThread(deferred.calls()::process);
			handler.stop(Duration.ZERO);
			processor.join();
			assertThat(calls).allMatch(CompletableFuture::isDone);
		}
		scheduler.close();
	}

	private static CompletableFuture<DrainReport> drain(GreenScheduler scheduler, Duration grace) {
		CompletableFuture<DrainReport> report = new CompletableFuture<>();
		Thread.startVirtualThread(() -> report.complete(scheduler.drain(grace)));
		return report;
	}

	private static void awaitClosing(Deferred<?> handler) {
		Until.until("the shutdown to begin", () -> handler.calls().isClosing());
	}

	/** A handler that calls the next one. */
	static class Link {

		@Nullable Link next;

		volatile int passed;

		volatile int slow;

		int pass() {
			this.passed++;
			return (this.next != null) ? 1 + this.next.pass() : 1;
		}

		int slow() {
			this.slow++;
			if (this.slow % 16 == 0) {
				java.util.concurrent.locks.LockSupport.parkNanos(200_000);
			}
			return this.slow;
		}

		void hold(CountDownLatch inside, CountDownLatch leave) throws InterruptedException {
			inside.countDown();
			leave.await();
		}

		void spin(CountDownLatch inside, CountDownLatch leave) {
			inside.countDown();
			while (leave.getCount() > 0) {
				Thread.onSpinWait();
			}
		}

	}

	/** A handler with a loop. */
	static class Loop {

		@ProcessingLoop
		void run(DeferredCalls calls) {
			calls.processForever();
		}

	}

}
