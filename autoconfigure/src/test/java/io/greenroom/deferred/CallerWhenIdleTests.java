package io.greenroom.deferred;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.deferred.internal.CallerTransactions;
import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.HandlerType;
import io.greenroom.deferred.internal.ReservedCall;
import io.greenroom.green.DrainReport;
import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.HandlerGauges;
import io.greenroom.observe.HandlerListener;
import io.greenroom.observe.Observer;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Rounds;
import io.greenroom.testkit.Until;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Handlers whose callers may run their own calls: what that is like, and that everything
 * else holds as it does for handlers that keep to their owner.
 */
@Timeout(60)
@CloseSchedulers
class CallerWhenIdleTests {

	private static final HandlerOptions OPTIONS = HandlerOptions.builder()
		.execution(Execution.CALLER_WHEN_IDLE)
		.build();

	private final BlockingQueue<String> busy = new LinkedBlockingQueue<>();

	private final GreenScheduler scheduler = GreenScheduler.builder()
		.drainTimeout(Duration.ofSeconds(5))
		.observer(new Observer() {

			@Override
			public HandlerListener handler(String handler, HandlerGauges gauges) {
				return new HandlerListener() {

					@Override
					public void busy(String method, Duration since, List<StackTraceElement> stack) {
						CallerWhenIdleTests.this.busy.add(method);
					}

				};
			}

		})
		.build();

	private final Desk desk = new Desk();

	private Deferred<Desk> desk(HandlerOptions options) {
		return Deferred.of(this.scheduler, this.desk, options);
	}

	private Deferred<Desk> idleDesk() {
		Deferred<Desk> deferred = desk(OPTIONS);
		awaitIdle(deferred);
		return deferred;
	}

	/** Waits until a call of the current thread is run by it. */
	private static void awaitIdle(Deferred<Desk> deferred) {
		Until.until("the handler to be idle", () -> deferred.sync().thread() == Thread.currentThread());
	}

	@Test
	@DisplayName("D35 a caller runs its own sync call while the handler is idle, from the injected view too")
	void callersRunTheirOwn() {
		Deferred<Desk> deferred = idleDesk();
		for (int i = 0; i < 1000; i++) {
			assertThat(deferred.sync().thread()).isSameAs(Thread.currentThread());
		}
	}

	@Test
	@DisplayName("D35 without CALLER_WHEN_IDLE no caller ever does")
	void strictOwners() {
		Deferred<Desk> deferred = desk(HandlerOptions.defaults());
		for (int i = 0; i < 1000; i++) {
			assertThat(deferred.sync().thread()).isNotSameAs(Thread.currentThread());
		}
	}

	@Test
	@DisplayName("D35 calls with a timeout, calls within such a call, oneway, future and read-only calls go to the owner")
	void theRestGoesToTheOwner() throws Exception {
		Deferred<Desk> deferred = idleDesk();
		Thread owner = deferred.sync(Duration.ofSeconds(20)).thread();
		assertThat(owner.getName()).isEqualTo("handler-Desk");
		awaitIdle(deferred);
		assertThat(deferred.async(Desk::thread).get(20, TimeUnit.SECONDS)).isSameAs(owner);
		awaitIdle(deferred);
		assertThat(deferred.sync().later().get(20, TimeUnit.SECONDS)).isSameAs(owner);
		awaitIdle(deferred);
		BlockingQueue<Thread> seen = new LinkedBlockingQueue<>();
		deferred.oneway().tell(seen);
		assertThat(seen.poll(20, TimeUnit.SECONDS)).isSameAs(owner);
		awaitIdle(deferred);
		assertThat(deferred.sync().read()).isNotSameAs(owner).isNotSameAs(Thread.currentThread());
		awaitIdle(deferred);
		Desk outer = new Desk();
		outer.other = deferred.sync();
		Deferred<Desk> outside = Deferred.of(this.scheduler, outer, OPTIONS);
		assertThat(outside.sync(Duration.ofSeconds(20)).threadOfOther()).isSameAs(owner);
		awaitIdle(outside);
		awaitIdle(deferred);
		assertThat(outside.sync().threadOfOther()).isSameAs(Thread.currentThread());
	}

	@Test
	@DisplayName("D35 D26 a caller's own call within a timed one has no more time than that")
	void deadlinesAreInherited() throws Exception {
		Deferred<Desk> deferred = idleDesk();
		Desk outer = new Desk();
		outer.other = deferred.sync();
		Deferred<Desk> outside = Deferred.of(this.scheduler, outer, OPTIONS);
		awaitIdle(outside);
		CountDownLatch never = new CountDownLatch(1);
		assertThatExceptionOfType(DeferredTimeoutException.class)
			.isThrownBy(() -> outside.sync(Duration.ofMillis(50)).holdOther(never));
		// The inner call had no more time, so both are free in the end.
		never.countDown();
		assertThat(outside.sync(Duration.ofSeconds(20)).count()).isOne();
	}

	@Test
	@DisplayName("D35 a busy handler is not run beside: the call is queued, and run by the owner")
	void busyHandlers() throws Exception {
		Deferred<Desk> deferred = idleDesk();
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		CompletableFuture<Thread> first = new CompletableFuture<>();
		Thread.startVirtualThread(() -> first.complete(deferred.sync().hold(inside, leave)));
		inside.await();
		CompletableFuture<Thread> second = new CompletableFuture<>();
		Thread.startVirtualThread(() -> second.complete(deferred.sync().thread()));
		Until.until("one call to be queued", () -> deferred.calls().pending() == 1);
		assertThat(second).isNotDone();
		leave.countDown();
		assertThat(first.get(20, TimeUnit.SECONDS).getName()).isEmpty();
		assertThat(second.get(20, TimeUnit.SECONDS).getName()).isEqualTo("handler-Desk");
	}

	@Test
	@DisplayName("D35 D08 a sync call never overtakes an earlier oneway of its thread, while others call too")
	void orderIsKept() throws Exception {
		Deferred<Desk> deferred = idleDesk();
		AtomicBoolean stop = new AtomicBoolean();
		Thread other = Thread.startVirtualThread(() -> {
			while (!stop.get()) {
				deferred.sync().thread();
				deferred.sync().thread();
				deferred.oneway().thread();
			}
		});
		int onCaller = 0;
		for (int round = 0; round < Rounds.of(20_000); round++) {
			deferred.oneway().set(round);
			assertThat(deferred.sync().get()).isEqualTo(round);
			onCaller += (deferred.sync().thread() == Thread.currentThread()) ? 1 : 0;
		}
		stop.set(true);
		other.join();
		assertThat(onCaller).isPositive();
	}

	@Test
	@DisplayName("D35 D22 callers who run their own, queued and oneway calls are never inside together (64 callers)")
	void neverTwoInside() throws Exception {
		Deferred<Desk> deferred = idleDesk();
		List<Thread> callers = new ArrayList<>();
		for (int i = 0; i < 64; i++) {
			Desk view = (i % 8 == 0) ? deferred.oneway()
					: (i % 8 == 1) ? deferred.sync(Duration.ofSeconds(50)) : deferred.sync();
			callers.add(((i % 16 == 2) ? Thread.ofPlatform() : Thread.ofVirtual()).start(() -> {
				for (int k = 0; k < 1000; k++) {
					view.increment();
				}
			}));
		}
		for (Thread caller : callers) {
			caller.join();
		}
		assertThat(deferred.sync().counted()).isEqualTo(64_000);
		assertThat(this.desk.most.get()).isOne();
		assertThat(deferred.calls().pending()).isZero();
	}

	@Test
	@DisplayName("D35 the caller's interrupt flag is out of the body's sight, and set again after it; one that arrives meanwhile stays")
	void interruptFlags() throws Exception {
		Deferred<Desk> deferred = idleDesk();
		Thread.currentThread().interrupt();
		assertThat(deferred.sync().isInterrupted()).isFalse();
		assertThat(Thread.interrupted()).isTrue();
		assertThat(deferred.sync().isInterrupted()).isFalse();
		assertThat(Thread.interrupted()).isFalse();
		CountDownLatch inside = new CountDownLatch(1);
		CompletableFuture<Boolean> kept = new CompletableFuture<>();
		AtomicBoolean leave = new AtomicBoolean();
		Thread caller = Thread.startVirtualThread(() -> {
			deferred.sync().spin(inside, leave);
			kept.complete(Thread.currentThread().isInterrupted());
		});
		inside.await();
		caller.interrupt();
		leave.set(true);
		assertThat(kept.get(20, TimeUnit.SECONDS)).isTrue();
		assertThat(deferred.sync(Duration.ofSeconds(5)).isInterrupted()).isFalse();
	}

	@Test
	@DisplayName("D35 a thread to which something is bound, a transaction for one, has its call run by the owner")
	void boundThreads() {
		AtomicBoolean bound = new AtomicBoolean();
		Handler handler = new Handler(this.scheduler, HandlerType.of(Desk.class), this.desk, OPTIONS,
				boundWhile(bound));
		Deferred<Desk> deferred = handler.deferred(Desk.class, this.desk);
		awaitIdle(deferred);
		bound.set(true);
		assertThat(deferred.sync().thread().getName()).isEqualTo("handler-Desk");
		bound.set(false);
		awaitIdle(deferred);
	}

	private static CallerTransactions boundWhile(AtomicBoolean bound) {
		return new CallerTransactions() {

			@Override
			public boolean isActive() {
				return false;
			}

			@Override
			public boolean isBound() {
				return bound.get();
			}

			@Override
			public void atEnd(ReservedCall call) {
				throw new AssertionError("no transaction ends");
			}

		};
	}

	@Test
	@DisplayName("D35 D18 the body holds the handler: it calls itself at once, on the caller's thread")
	void bodiesHoldTheHandler() {
		Deferred<Desk> deferred = idleDesk();
		this.desk.other = deferred.sync();
		assertThat(deferred.sync().threadOfOther()).isSameAs(Thread.currentThread());
		assertThatIllegalStateException().isThrownBy(DeferredCalls::current);
	}

	@Test
	@DisplayName("D35 D15 D21 a body may let further calls in, nobody else may, and later calls are served")
	void bodiesProcess() throws Exception {
		Deferred<Desk> deferred = idleDesk();
		this.desk.calls = deferred.calls();
		this.desk.queued = deferred.oneway();
		for (int round = 0; round < Rounds.of(2_000); round++) {
			awaitIdle(deferred);
			assertThat(deferred.sync().process(round % 3)).isBetween(1, 2);
			assertThat(deferred.sync(Duration.ofSeconds(20)).counted()).isEqualTo(round + 1);
		}
		awaitIdle(deferred);
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		Thread caller = Thread.startVirtualThread(() -> deferred.sync().hold(inside, leave));
		inside.await();
		assertThatIllegalStateException().isThrownBy(deferred.calls()::process)
			.withMessageContaining("processed by thread");
		leave.countDown();
		caller.join();
	}

	@Test
	@DisplayName("D35 D19 a call back through an idle handler, whose caller runs it, is a circle as through a busy one")
	void circlesThroughIdleHandlers() throws Exception {
		Deferred<Pair> first = pair("first", false);
		Deferred<Pair> second = pair("second", false);
		assertThatExceptionOfType(DeferredDeadlockException.class)
			.isThrownBy(() -> first.sync().through(second.sync(), first.sync()))
			.withMessageContaining("first.through waits for second.back%n".formatted())
			.withMessageContaining(
					"second.back waits for first.thread at io.greenroom.deferred.CallerWhenIdleTests$Pair");
		assertThat(first.sync().thread()).isSameAs(Thread.currentThread());
		Deferred<Pair> open = pair("open", true);
		assertThat(open.sync().through(second.sync(), open.sync())).isSameAs(Thread.currentThread());
	}

	@Test
	@DisplayName("D35 D07 an async call back through an idle handler waits for the body that it comes from")
	void asyncCallsBack() throws Exception {
		Deferred<Pair> first = pair("first", false);
		Deferred<Pair> second = pair("second", false);
		assertThat(first.sync().throughLater(second.sync(), first.sync())).as("begun within the body").isFalse();
	}

	private Deferred<Pair> pair(String name, boolean reentrant) {
		Deferred<Pair> made = Deferred.of(this.scheduler, new Pair(),
				OPTIONS.toBuilder().name(name).reentrant(reentrant).build());
		Until.until("the handler to be idle", () -> made.sync().thread() == Thread.currentThread());
		return made;
	}

	@Test
	@DisplayName("D35 D16 what a body throws reaches its caller, and the handler is as free as before")
	void throwables() {
		Deferred<Desk> deferred = idleDesk();
		for (Throwable thrown : List.of(new IllegalStateException("unchecked"), new StackOverflowError("by hand"))) {
			assertThat(catchThrowable(() -> deferred.sync().fail(thrown))).isSameAs(thrown);
			assertThat(deferred.sync().thread()).isSameAs(Thread.currentThread());
			assertThatIllegalStateException().isThrownBy(DeferredCalls::current);
		}
	}

	@Test
	@DisplayName("D35 M01 a body that its caller runs for too long is reported")
	void busyBodies() throws Exception {
		Deferred<Desk> deferred = desk(OPTIONS.toBuilder().busyLimit(Duration.ofMillis(50)).build());
		awaitIdle(deferred);
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		Thread caller = Thread.startVirtualThread(() -> deferred.sync().hold(inside, leave));
		assertThat(this.busy.poll(20, TimeUnit.SECONDS)).isEqualTo("hold");
		leave.countDown();
		caller.join();
	}

	@Test
	@DisplayName("D35 D31 a shutdown waits for a body that its caller runs, and counts it")
	void shutdownsWait() throws Exception {
		Deferred<Desk> deferred = idleDesk();
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		CompletableFuture<Thread> answered = new CompletableFuture<>();
		Thread.startVirtualThread(() -> answered.complete(deferred.sync().hold(inside, leave)));
		inside.await();
		CompletableFuture<DrainReport> drain = new CompletableFuture<>();
		Thread.startVirtualThread(() -> drain.complete(this.scheduler.drain(Duration.ofSeconds(20))));
		Until.until("the handler to close", () -> deferred.calls().isClosing());
		assertThatExceptionOfType(HandlerStoppedException.class).isThrownBy(deferred.sync()::get);
		assertThat(drain).isNotDone();
		leave.countDown();
		assertThat(drain.get(20, TimeUnit.SECONDS).work().ran()).isOne();
		assertThat(answered.get(20, TimeUnit.SECONDS).getName()).isEmpty();
	}

	@Test
	@DisplayName("D35 D31 a body that its caller runs past the grace period is named, and its caller told")
	void shutdownsDoNotWaitForEver() throws Exception {
		Deferred<Desk> deferred = idleDesk();
		CountDownLatch inside = new CountDownLatch(1);
		AtomicBoolean leave = new AtomicBoolean();
		CompletableFuture<@Nullable Throwable> told = new CompletableFuture<>();
		Thread.startVirtualThread(() -> told.complete(catchThrowable(() -> deferred.sync().spin(inside, leave))));
		inside.await();
		DrainReport report = this.scheduler.drain(Duration.ofMillis(10));
		assertThat(report.work().left()).containsExactly("Desk.spin (running)");
		leave.set(true);
		assertThat(told.get(20, TimeUnit.SECONDS)).isInstanceOf(HandlerStoppedException.class);
	}

	@Test
	@DisplayName("D35 D20 D31 callers that run their own calls race with the close: each call is run or told")
	void callersRaceWithTheClose() throws Exception {
		for (int round = 0; round < Rounds.of(1_000); round++) {
			GreenScheduler ending = GreenScheduler.builder().build();
			Desk target = new Desk();
			Deferred<Desk> deferred = Deferred.of(ending, target, OPTIONS);
			awaitIdle(deferred);
			int before = target.threads.get();
			AtomicInteger answered = new AtomicInteger();
			List<Thread> callers = new ArrayList<>();
			for (int i = 0; i < 2; i++) {
				callers.add(Thread.startVirtualThread(() -> {
					try {
						while (true) {
							deferred.sync().thread();
							answered.incrementAndGet();
						}
					}
					catch (HandlerStoppedException end) {
						// Told.
					}
				}));
			}
			ending.drain((round % 2 == 0) ? Duration.ZERO : Duration.ofSeconds(5));
			for (Thread caller : callers) {
				assertThat(caller.join(Duration.ofSeconds(10))).isTrue();
			}
			if (round % 2 != 0) {
				assertThat(target.threads.get() - before).isEqualTo(answered.get());
			}
		}
	}

	@Test
	@DisplayName("D35 D40 a processing by hand lends the handler while it waits without a filter, and at no other time")
	void manualProcessing() throws Exception {
		Deferred<Desk> deferred = desk(OPTIONS.toBuilder().processing(Processing.MANUAL).build());
		CompletableFuture<Thread> early = new CompletableFuture<>();
		Thread.startVirtualThread(() -> early.complete(deferred.sync().thread()));
		Until.until("one call to be queued", () -> deferred.calls().pending() == 1);
		CompletableFuture<Integer> ran = new CompletableFuture<>();
		Thread processor = Thread.ofVirtual()
			.name("by hand")
			.start(() -> ran.complete(deferred.calls().processForever()));
		assertThat(early.get(20, TimeUnit.SECONDS)).isSameAs(processor);
		int before = this.desk.threads.get();
		awaitIdle(deferred);
		deferred.calls().stopProcessing();
		assertThat(ran.get(20, TimeUnit.SECONDS)).isEqualTo(1 + this.desk.threads.get() - before);
		Thread picky = Thread.startVirtualThread(() -> deferred.calls().processForever("thread", "get"));
		for (int i = 0; i < 1000; i++) {
			assertThat(deferred.sync().thread()).isSameAs(picky);
		}
		deferred.calls().stopProcessing();
		picky.join();
	}

	@Nested
	@DisplayName("D35 calls")
	class Calls extends DeferredTests {

		@Override
		HandlerOptions options() {
			return OPTIONS;
		}

	}

	@Nested
	@DisplayName("D35 processing")
	class Processings extends ProcessingTests {

		@Override
		HandlerOptions options() {
			return OPTIONS;
		}

	}

	@Nested
	@DisplayName("D35 deadlocks")
	class Deadlocks extends DeadlockTests {

		@Override
		HandlerOptions options() {
			return OPTIONS;
		}

	}

	@Nested
	@DisplayName("D35 shutdowns")
	class Shutdowns extends ShutdownTests {

		@Override
		HandlerOptions options() {
			return OPTIONS;
		}

	}

	@Nested
	@DisplayName("D35 reads")
	class Reads extends ReadOnlyTests {

		@Override
		HandlerOptions options() {
			return OPTIONS;
		}

	}

	@Nested
	@DisplayName("D35 busy handlers")
	class Busy extends BusyTests {

		@Override
		HandlerOptions options() {
			return OPTIONS;
		}

	}

	@Nested
	@DisplayName("D35 overflow")
	class Overflows extends OverflowTests {

		@Override
		HandlerOptions options() {
			return OPTIONS;
		}

	}

	@Nested
	@DisplayName("D35 restarts")
	class Restarting extends RestartTests {

		@Override
		HandlerOptions options() {
			return OPTIONS;
		}

	}

	@Nested
	@DisplayName("D35 priorities")
	class Priorities extends PriorityTests {

		@Override
		HandlerOptions options() {
			return OPTIONS;
		}

	}

	@Nested
	@DisplayName("D35 contexts")
	class Contexts extends ContextTests {

		@Override
		HandlerOptions options() {
			return OPTIONS;
		}

	}

	/** Says where it is. */
	static class Desk {

		final AtomicInteger most = new AtomicInteger();

		final AtomicInteger threads = new AtomicInteger();

		private final AtomicInteger inside = new AtomicInteger();

		@Nullable Desk other;

		@Nullable Desk queued;

		@Nullable DeferredCalls calls;

		private int value;

		private int count;

		Thread thread() {
			this.threads.incrementAndGet();
			return Thread.currentThread();
		}

		@ReadOnly
		Thread read() {
			return Thread.currentThread();
		}

		CompletableFuture<Thread> later() {
			return CompletableFuture.completedFuture(Thread.currentThread());
		}

		void tell(BlockingQueue<Thread> seen) {
			seen.add(Thread.currentThread());
		}

		Thread threadOfOther() {
			return java.util.Objects.requireNonNull(this.other).thread();
		}

		void holdOther(CountDownLatch never) throws InterruptedException {
			java.util.Objects.requireNonNull(this.other).hold(new CountDownLatch(1), never);
		}

		Thread hold(CountDownLatch inside, CountDownLatch leave) {
			try {
				inside.countDown();
				leave.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			return Thread.currentThread();
		}

		void spin(CountDownLatch inside, AtomicBoolean leave) {
			inside.countDown();
			while (!leave.get()) {
				Thread.onSpinWait();
			}
		}

		void set(int value) {
			this.value = value;
		}

		int get() {
			return this.value;
		}

		int count() {
			return ++this.count;
		}

		int counted() {
			return this.count;
		}

		void increment() {
			this.most.accumulateAndGet(this.inside.incrementAndGet(), Math::max);
			int seen = this.count;
			if (seen % 64 == 0) {
				Thread.yield();
			}
			this.count = seen + 1;
			this.inside.decrementAndGet();
		}

		boolean isInterrupted() {
			return Thread.currentThread().isInterrupted();
		}

		int process(int how) {
			java.util.Objects.requireNonNull(this.queued).count();
			DeferredCalls processed = java.util.Objects.requireNonNull(this.calls);
			return switch (how) {
				case 0 -> processed.process();
				case 1 -> processed.process(Duration.ofNanos(1));
				default -> processed.process(Duration.ofMillis(1));
			};
		}

		void fail(Throwable thrown) throws Throwable {
			throw thrown;
		}

	}

	/** Calls others, which call back. */
	static class Pair {

		Thread thread() {
			return Thread.currentThread();
		}

		Thread through(Pair other, Pair self) {
			return other.back(self);
		}

		Thread back(Pair first) {
			return first.thread();
		}

		boolean throughLater(Pair other, Pair self) {
			return other.backLater(self);
		}

		boolean backLater(Pair first) {
			return first.later().isDone();
		}

		CompletableFuture<Thread> later() {
			return CompletableFuture.completedFuture(Thread.currentThread());
		}

	}

}
