package io.greenroom.deferred;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.deferred.internal.CallerTransactions;
import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.HandlerType;
import io.greenroom.deferred.internal.ReservedCall;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.ThreadShortage;
import io.greenroom.observe.CallMode;
import io.greenroom.observe.CallOutcome;
import io.greenroom.observe.ContextCarrier;
import io.greenroom.observe.HandlerGauges;
import io.greenroom.observe.HandlerListener;
import io.greenroom.observe.Observer;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.LastFrames;
import io.greenroom.testkit.Until;
import io.greenroom.testkit.Unusual;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Every way into a handler, with everything that can go wrong on it. A public method of
 * {@link Deferred} or {@link DeferredCalls} that {@link Entry} does not name fails here.
 */
@Timeout(180)
@CloseSchedulers
class DeferredEntryFaultTests {

	private static final Duration SHORT = Duration.ofSeconds(5);

	private GreenScheduler scheduler = GreenScheduler.builder().build();

	/** A way into a handler. */
	enum Entry {

		SYNC("sync"), SYNC_TIMED("sync"), ONEWAY("oneway"), ONEWAY_DECLARED("sync"), ASYNC("async"), FUTURE("sync"),
		FAILED_FUTURE("sync"), READ_ONLY("sync"), URGENT("sync"), LENT("sync"), DIRECT("direct"), INSIDE("sync"),
		AFTER_COMMIT("oneway"), NESTED("process,process(String),calls,current"),
		MANUAL("processForever,stopProcessing"),
		MANUAL_TIMED("process(Duration),process(Duration,String),processForever(String),isClosing,pending");

		private final List<String> covers;

		Entry(String covers) {
			this.covers = List.of(covers.split("(?<=[a-z)]),(?=[a-z])"));
		}

		HandlerOptions options() {
			HandlerOptions options = HandlerOptions.builder().timeout(SHORT).capacity(50).build();
			return (this == LENT) ? options.toBuilder().execution(Execution.CALLER_WHEN_IDLE).build()
					: (this == MANUAL || this == MANUAL_TIMED)
							? options.toBuilder().processing(Processing.MANUAL).build() : options;
		}

		/** Makes one call; returns what came out, where that comes back. */
		@Nullable Throwable call(Deferred<Desk> desk, @Nullable Throwable failure) {
			return catchThrowable(() -> {
				switch (this) {
					case SYNC, LENT, MANUAL, MANUAL_TIMED -> desk.sync().work(failure);
					case SYNC_TIMED -> desk.sync(SHORT).work(failure);
					case ONEWAY -> desk.oneway().work(failure);
					case ONEWAY_DECLARED -> desk.sync().tell(failure);
					case ASYNC -> desk.async((it) -> it.work(failure)).get(20, TimeUnit.SECONDS);
					case FUTURE -> desk.sync().future(failure, false).get(20, TimeUnit.SECONDS);
					case FAILED_FUTURE -> desk.sync().future(failure, true).get(20, TimeUnit.SECONDS);
					case READ_ONLY -> desk.sync().read(failure);
					case URGENT -> desk.sync().urgent(failure);
					case DIRECT -> desk.direct().work(failure);
					case INSIDE -> desk.sync().inside(desk, failure);
					case AFTER_COMMIT -> desk.oneway().committed(failure);
					case NESTED -> desk.sync().nested(desk, failure);
				}
			});
		}

		boolean answers() {
			return this != ONEWAY && this != ONEWAY_DECLARED && this != AFTER_COMMIT && this != NESTED;
		}

	}

	private Deferred<Desk> desk(Entry entry) {
		Desk target = new Desk();
		CallerTransactions committing = new CallerTransactions() {
			@Override
			public boolean isActive() {
				return true;
			}

			@Override
			public boolean isBound() {
				return false;
			}

			@Override
			public void atEnd(ReservedCall call) {
				call.submit();
			}
		};
		Handler handler = new Handler(this.scheduler, HandlerType.of(Desk.class), target, entry.options(),
				(entry == Entry.AFTER_COMMIT) ? committing : CallerTransactions.NONE);
		Deferred<Desk> desk = handler.deferred(Desk.class, target);
		if (entry == Entry.MANUAL) {
			Thread.startVirtualThread(() -> desk.calls().processForever());
		}
		if (entry == Entry.MANUAL_TIMED) {
			Thread.startVirtualThread(() -> {
				while (!desk.calls().isClosing()) {
					desk.calls().process(Duration.ofMillis(20));
				}
			});
		}
		return desk;
	}

	private static void assertServes(Deferred<Desk> desk) {
		for (int i = 0; i < 3; i++) {
			assertThat(desk.sync().work(null)).isEqualTo("worked");
		}
		assertThat(desk.sync().read(null)).isEqualTo("read");
		assertThat(desk.async((it) -> it.work(null)).join()).isEqualTo("worked");
		Until.until("no call to be pending", () -> desk.calls().pending() == 0);
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	@Test
	@DisplayName("F01 F02 F03 each public method of a handle and of its calls has an entry here")
	void everythingIsCovered() {
		TreeSet<String> known = new TreeSet<>();
		Arrays.stream(Entry.values()).forEach((entry) -> known.addAll(entry.covers));
		TreeSet<String> found = new TreeSet<>();
		// After a close nothing is served any more: see CloseTests.
		List<String> others = List.of("of", "close");
		for (Method method : Deferred.class.getDeclaredMethods()) {
			if (Modifier.isPublic(method.getModifiers()) && !method.isSynthetic()
					&& !others.contains(method.getName())) {
				found.add(method.getName());
			}
		}
		for (Method method : DeferredCalls.class.getDeclaredMethods()) {
			if (method.isSynthetic()) {
				continue;
			}
			String types = String.join(",",
					Arrays.stream(method.getParameterTypes())
						.map((type) -> type.isArray() ? "String" : type.getSimpleName())
						.toList());
			found.add(types.isEmpty() ? method.getName() : method.getName() + "(" + types + ")");
		}
		assertThat(known).isEqualTo(found);
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("F02 D04 D16 whatever a body throws: its caller gets that very object, and the handler serves on")
	void unusualBodies(Entry entry) {
		for (Unusual unusual : Unusual.values()) {
			Deferred<Desk> desk = desk(entry);
			for (int i = 0; i < 3; i++) {
				Throwable failure = unusual.make();
				Throwable caught = entry.call(desk, failure);
				// Thrown past the compiler, it says that this thread is interrupted.
				Thread.interrupted();
				if (entry.answers()) {
					assertThat((caught instanceof ExecutionException wrapped) ? wrapped.getCause() : caught)
						.as(unusual.name())
						.isSameAs(failure);
				}
			}
			assertServes(desk);
		}
	}

	@Test
	@DisplayName("F02 D16 bodies that overflow themselves leave the handler serving, on each way")
	void overflowingBodies() {
		for (Entry entry : Entry.values()) {
			Deferred<Desk> desk = desk(entry);
			entry.call(desk, Desk.OVERFLOW);
			assertServes(desk);
		}
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("F01 whatever a listener throws, in each of its methods: the caller has its answer, and the handler serves on")
	void failingListeners(Entry entry) {
		for (Unusual unusual : Unusual.fromForeignCode()) {
			this.scheduler.close();
			this.scheduler = GreenScheduler.builder().observer(new Failing(unusual)).build();
			Deferred<Desk> desk = desk(entry);
			assertThat(entry.call(desk, null)).as(unusual.name()).isNull();
			entry.call(desk, new IllegalStateException("told"));
			catchThrowable(() -> desk.sync(Duration.ofMillis(5)).sleep(20));
			assertServes(desk);
		}
	}

	@Test
	@DisplayName("F01 a carrier that fails to capture or to open fails that call only; one that fails to close changes nothing")
	void failingCarriers() {
		for (Unusual unusual : Unusual.fromForeignCode()) {
			for (String where : List.of("capture", "open", "close")) {
				FailingCarrier carrier = new FailingCarrier(unusual, where);
				this.scheduler.close();
				this.scheduler = GreenScheduler.builder().contextCarrier(carrier).build();
				for (Entry entry : List.of(Entry.SYNC, Entry.ONEWAY, Entry.ASYNC, Entry.READ_ONLY, Entry.LENT)) {
					Deferred<Desk> desk = desk(entry);
					assertServes(desk);
					carrier.failing = true;
					Throwable caught = entry.call(desk, null);
					if (where.equals("close")) {
						assertThat(caught).isNull();
					}
					else if (entry == Entry.SYNC) {
						assertThat(caught).isNotNull();
					}
					Until.until("no call to be pending", () -> desk.calls().pending() == 0);
					carrier.failing = false;
					assertServes(desk);
				}
			}
		}
	}

	@Test
	@DisplayName("F01 F09 callbacks of a returned future throw, overflow and call back, and the handler serves on")
	void failingCallbacks() {
		for (Unusual unusual : Unusual.fromForeignCode()) {
			Deferred<Desk> desk = desk(Entry.SYNC);
			CountDownLatch go = new CountDownLatch(1);
			CompletableFuture<String> future = desk.async((it) -> it.workAfter(go));
			future.thenRun(unusual::raise);
			CompletableFuture<String> again = future.thenApply((value) -> desk.sync().work(null));
			CompletableFuture<Void> deep = future.thenRun(() -> catchThrowable(() -> Desk.recurse(1)));
			go.countDown();
			assertThat(future.join()).isEqualTo("worked");
			assertThat(again.join()).isEqualTo("worked");
			assertThat(deep).succeedsWithin(Duration.ofSeconds(20));
			assertServes(desk);
		}
	}

	@Test
	@DisplayName("F09 a listener that calls the handler from what it is told comes to an end")
	void listenersThatCallBack() {
		CallingBack observer = new CallingBack();
		this.scheduler.close();
		this.scheduler = GreenScheduler.builder().observer(observer).build();
		Deferred<Desk> desk = Deferred.of(this.scheduler, new Desk(),
				HandlerOptions.builder().capacity(2).timeout(SHORT).build());
		observer.desk = desk;
		assertThat(desk.sync().work(null)).isEqualTo("worked");
		assertThat(desk.sync().fill(desk)).isPositive();
		observer.desk = null;
		assertServes(desk);
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = { "NESTED", "INSIDE", "DIRECT" })
	@DisplayName("F03 a caller whose stack overflows at any of its last frames takes nothing with it")
	void lastFrames(Entry entry) throws Exception {
		Deferred<Desk> desk = desk(entry);
		assertServes(desk);
		LastFrames.Outcome outcome = LastFrames.of(1_200).rounds(6).untilReturned().call(() -> {
			Throwable failure = entry.call(desk, null);
			if (failure != null) {
				throw (failure instanceof StackOverflowError overflow) ? overflow : new IllegalStateException(failure);
			}
			return null;
		}).assertReturned();
		assertThat(outcome.returned()).as("the last of the frames have room: %s", outcome).isPositive();
		assertServes(desk);
	}

	@Test
	@DisplayName("F03 a thread that can't be started costs the call that needs it, and nothing else")
	void threadsThatDoNotStart() {
		for (Entry entry : List.of(Entry.SYNC, Entry.ONEWAY, Entry.ASYNC, Entry.READ_ONLY, Entry.LENT, Entry.URGENT,
				Entry.AFTER_COMMIT, Entry.FUTURE)) {
			ThreadShortage shortage = new ThreadShortage();
			this.scheduler.close();
			this.scheduler = shortage.on(GreenScheduler.builder()).build();
			Deferred<Desk> desk = desk(entry);
			shortage.begin();
			assertThat(entry.call(desk, null)).as(entry.name()).isInstanceOf(HandlerStoppedException.class);
			assertThat(desk.calls().pending()).isZero();
			shortage.end();
			assertServes(desk);
			shortage.begin();
			// The owner is there; readers without a thread run on it.
			assertThat(entry.call(desk, null)).as(entry.name()).isNull();
			shortage.end();
			assertServes(desk);
		}
	}

	@Test
	@DisplayName("D25 F03 whichever way waits for room end while room comes, none is lost (400 rounds)")
	void noRoomIsLost() throws Exception {
		Deferred<Desk> desk = Deferred.of(this.scheduler, new Desk(),
				HandlerOptions.builder().capacity(2).timeout(Duration.ofMillis(3)).build());
		for (int round = 0; round < 400; round++) {
			List<Thread> callers = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				int number = i;
				callers.add(Thread.startVirtualThread(() -> catchThrowable(() -> {
					if (number % 2 == 0) {
						desk.oneway().spin(200);
					}
					else {
						desk.sync().spin(200);
					}
				})));
			}
			callers.get(round % 8).interrupt();
			callers.get((round + 3) % 8).interrupt();
			for (Thread caller : callers) {
				caller.join();
			}
		}
		Until.until("no call to be pending", () -> desk.calls().pending() == 0);
		for (int i = 0; i < 10; i++) {
			// By the very handler: all its room is there, and nobody is in line before.
			assertThat(desk.sync(SHORT).work(null)).isEqualTo("worked");
		}
	}

	@Test
	@DisplayName("D18 D25 a call that waits for room and is run inline is answered, and was run once")
	void ranAndAnswered() {
		AtomicInteger ran = new AtomicInteger();
		@SuppressWarnings("unchecked")
		Deferred<Desk>[] desks = new Deferred[2];
		desks[0] = Deferred.of(this.scheduler, new Desk(),
				HandlerOptions.builder().name("in").capacity(1).reentrant(true).timeout(SHORT).build());
		desks[1] = Deferred.of(this.scheduler, new Desk(), HandlerOptions.builder().name("mid").build());
		for (int round = 0; round < 50; round++) {
			assertThat(desks[0].sync().through(desks[0], desks[1], ran)).isEqualTo("worked");
			assertThat(ran.get()).isEqualTo(round + 1);
		}
	}

	@Test
	@DisplayName("D10 an interrupt for a caller that gave up never reaches another call (2000 rounds)")
	void noStrayInterrupts() {
		for (Processing processing : Processing.values()) {
			Desk target = new Desk();
			Deferred<Desk> desk = Deferred.of(this.scheduler, target,
					HandlerOptions.builder()
						.onTimeout(OnTimeout.INTERRUPT)
						.processing(processing)
						.timeout(SHORT)
						.build());
			Thread processor = Thread.startVirtualThread(() -> {
				if (processing == Processing.MANUAL) {
					desk.calls().processForever();
				}
			});
			for (int round = 0; round < 1_000; round++) {
				catchThrowable(() -> desk.sync(Duration.ofNanos(300_000)).spin(300));
				desk.sync().look();
			}
			assertThat(target.strays.get()).as(processing.name()).isZero();
			assertThat(processor.isAlive()).isEqualTo(processing == Processing.MANUAL);
			// A genuine one still ends the processing.
			processor.interrupt();
			assertThat(catchThrowable(() -> assertThat(processor.join(Duration.ofSeconds(20))).isTrue())).isNull();
		}
	}

	@Test
	@DisplayName("D10 D15 the interrupt of a body waits until the call it has let in is through")
	void interruptsOfOuterBodies() {
		Desk target = new Desk();
		Deferred<Desk> desk = Deferred.of(this.scheduler, target,
				HandlerOptions.builder().onTimeout(OnTimeout.INTERRUPT).timeout(SHORT).build());
		for (int round = 0; round < 20; round++) {
			CompletableFuture<Boolean> outer = new CompletableFuture<>();
			CountDownLatch inside = new CountDownLatch(1);
			Thread caller = Thread.startVirtualThread(() -> catchThrowable(
					() -> desk.sync(Duration.ofMillis(30)).letIn(desk, inside, Thread.currentThread(), outer)));
			assertThat(catchThrowable(() -> {
				inside.await();
				caller.join();
			})).isNull();
			assertThat(outer.join()).as("the outer one is interrupted").isTrue();
			assertThat(target.strays.get()).as("the inner one is not").isZero();
		}
		assertServes(desk);
	}

	@Test
	@DisplayName("D12 an empty filter is an error wherever one is taken")
	void emptyFilters() {
		DeferredCalls calls = desk(Entry.MANUAL_TIMED).calls();
		String[] none = {};
		assertThat(catchThrowable(() -> calls.process(none))).isInstanceOf(IllegalArgumentException.class);
		assertThat(catchThrowable(() -> calls.process(Duration.ofSeconds(1), none)))
			.isInstanceOf(IllegalArgumentException.class);
		assertThat(catchThrowable(() -> calls.processForever(none))).isInstanceOf(IllegalArgumentException.class);
	}

	@Test
	@DisplayName("F06 the longest durations work to their end; none and negative ones are rejected")
	void longDurations() throws Exception {
		for (Duration longest : List.of(Duration.ofDays(999_999), Duration.ofSeconds(Long.MAX_VALUE))) {
			Deferred<Desk> desk = Deferred.of(this.scheduler, new Desk(),
					HandlerOptions.builder().timeout(longest).busyLimit(longest).capacity(1).build());
			assertServes(desk);
			assertThat(desk.sync(longest).work(null)).isEqualTo("worked");
			// Waits for room and for an answer, both for as long as that.
			CountDownLatch go = new CountDownLatch(1);
			CompletableFuture<String> blocked = desk.async((it) -> it.workAfter(go));
			CompletableFuture<String> queued = CompletableFuture.supplyAsync(() -> desk.sync(longest).work(null),
					Thread::startVirtualThread);
			CompletableFuture<String> waiting = CompletableFuture.supplyAsync(() -> desk.sync(longest).work(null),
					Thread::startVirtualThread);
			go.countDown();
			assertThat(blocked.get(20, TimeUnit.SECONDS)).isEqualTo("worked");
			assertThat(queued.get(20, TimeUnit.SECONDS)).isEqualTo("worked");
			assertThat(waiting.get(20, TimeUnit.SECONDS)).isEqualTo("worked");
			Deferred<Desk> manual = Deferred.of(this.scheduler, new Desk(),
					HandlerOptions.builder().processing(Processing.MANUAL).timeout(longest).build());
			Thread processor = Thread.startVirtualThread(() -> manual.calls().process(longest));
			assertThat(manual.sync().work(null)).isEqualTo("worked");
			manual.calls().stopProcessing();
			assertThat(processor.join(Duration.ofSeconds(20))).isTrue();
		}
		Deferred<Desk> desk = desk(Entry.SYNC);
		for (Duration wrong : List.of(Duration.ZERO, Duration.ofNanos(-1), Duration.ofSeconds(Long.MIN_VALUE))) {
			assertThat(catchThrowable(() -> desk.sync(wrong))).isInstanceOf(IllegalArgumentException.class);
		}
		assertThat(catchThrowable(() -> desk.calls().process(Duration.ofNanos(-1))))
			.isInstanceOf(IllegalArgumentException.class);
	}

	@Test
	@DisplayName("F15 D19 a body that waits for its own handler's async call finds out at once")
	void waitsForItself() {
		Deferred<Desk> one = Deferred.of(this.scheduler, new Desk(), HandlerOptions.builder().name("one").build());
		Deferred<Desk> two = Deferred.of(this.scheduler, new Desk(), HandlerOptions.builder().name("two").build());
		Map<String, java.util.function.Function<Deferred<Desk>, Object>> ways = Map.of( //
				"join", (it) -> it.async((desk) -> desk.work(null)).join(), //
				"stage", (it) -> it.async((desk) -> desk.work(null)).thenApply(String::length).join(), //
				"timed", (it) -> uncheck(() -> it.async((desk) -> desk.work(null)).get(30, TimeUnit.SECONDS)), //
				"get", (it) -> uncheck(() -> it.async((desk) -> desk.work(null)).get()), //
				"declared", (it) -> it.sync().future(null, false).thenApply(String::length).join(), //
				"round", (it) -> two.async((desk) -> it.sync().work(null)).join());
		ways.forEach((way, wait) -> {
			long start = System.nanoTime();
			Throwable caught = catchThrowable(() -> one.sync().apply(() -> wait.apply(one)));
			if (way.equals("declared")) {
				// A sync call to itself runs at once.
				assertThat(caught).as(way).isNull();
			}
			else {
				assertThat(caught).as(way).hasRootCauseInstanceOf(DeferredDeadlockException.class);
			}
			assertThat(System.nanoTime() - start).as(way).isLessThan(TimeUnit.SECONDS.toNanos(10));
			assertServes(one);
			assertServes(two);
		});
	}

	@Test
	@DisplayName("D31 calls of a handler that nobody processes by hand hold up no shutdown, and are told why")
	void desertedHandlers() throws Exception {
		GreenScheduler draining = GreenScheduler.builder().build();
		Deferred<Desk> desk = Deferred.of(draining, new Desk(),
				HandlerOptions.builder().processing(Processing.MANUAL).build());
		CompletableFuture<String> left = desk.async((it) -> it.work(null));
		long start = System.nanoTime();
		draining.drain(Duration.ofSeconds(60));
		assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
		assertThat(catchThrowable(() -> left.get(20, TimeUnit.SECONDS)))
			.hasCauseInstanceOf(HandlerStoppedException.class)
			.hasMessageContaining("MANUAL");
	}

	private static <T> T uncheck(java.util.concurrent.Callable<T> wait) {
		try {
			return wait.call();
		}
		catch (Exception failure) {
			throw new CompletionException(failure);
		}
	}

	/** What is called. */
	static class Desk {

		/** Stands for an overflow of the body's own. */
		static final Throwable OVERFLOW = new Throwable("overflow");

		final AtomicInteger strays = new AtomicInteger();

		String work(@Nullable Throwable failure) {
			fail(failure);
			return "worked";
		}

		@Oneway
		void tell(@Nullable Throwable failure) {
			fail(failure);
		}

		@Oneway(phase = OnewayPhase.AFTER_COMMIT)
		void committed(@Nullable Throwable failure) {
			fail(failure);
		}

		CompletableFuture<String> future(@Nullable Throwable failure, boolean later) {
			if (later && failure != null) {
				return CompletableFuture.failedFuture(failure);
			}
			fail(failure);
			return CompletableFuture.completedFuture("worked");
		}

		@ReadOnly
		String read(@Nullable Throwable failure) {
			fail(failure);
			return "read";
		}

		@Urgent
		String urgent(@Nullable Throwable failure) {
			fail(failure);
			return "worked";
		}

		String inside(Deferred<Desk> self, @Nullable Throwable failure) {
			return self.sync().work(failure);
		}

		void nested(Deferred<Desk> self, @Nullable Throwable failure) {
			self.oneway().work(failure);
			self.oneway().tell(failure);
			DeferredCalls.current().process("tell");
			self.calls().process();
		}

		void sleep(int millis) throws InterruptedException {
			Thread.sleep(millis);
		}

		String workAfter(CountDownLatch go) {
			try {
				go.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			return "worked";
		}

		void spin(int micros) {
			long start = System.nanoTime();
			while (System.nanoTime() - start < micros * 1_000L) {
				Thread.onSpinWait();
			}
		}

		void look() {
			if (Thread.currentThread().isInterrupted()) {
				this.strays.incrementAndGet();
			}
		}

		int fill(Deferred<Desk> self) {
			int rejected = 0;
			for (int i = 0; i < 5; i++) {
				rejected += (catchThrowable(() -> self.oneway().look()) != null) ? 1 : 0;
			}
			return rejected;
		}

		String through(Deferred<Desk> self, Deferred<Desk> other, AtomicInteger ran) {
			self.oneway().look();
			return other.sync().apply(() -> self.sync().count(ran)).toString();
		}

		String count(AtomicInteger ran) {
			ran.incrementAndGet();
			return "worked";
		}

		Object apply(java.util.function.Supplier<Object> work) {
			return work.get();
		}

		void letIn(Deferred<Desk> self, CountDownLatch inside, Thread caller, CompletableFuture<Boolean> interrupted) {
			self.oneway().outlast(inside, caller);
			self.calls().process("outlast");
			interrupted.complete(Thread.currentThread().isInterrupted());
		}

		/** Works till the caller of the body round this one has given up. */
		void outlast(CountDownLatch inside, Thread caller) {
			inside.countDown();
			try {
				caller.join();
			}
			catch (InterruptedException stray) {
				this.strays.incrementAndGet();
			}
			look();
		}

		private static void fail(@Nullable Throwable failure) {
			if (failure == OVERFLOW) {
				recurse(0);
			}
			if (failure != null) {
				throw Unusual.<RuntimeException>sneaky(failure);
			}
		}

		static int recurse(int depth) {
			return recurse(depth + 1) + 1;
		}

	}

	/** Fails in all that it is told. */
	private record Failing(Unusual unusual) implements Observer {

		@Override
		public HandlerListener handler(String handler, HandlerGauges gauges) {
			return new HandlerListener() {

				@Override
				public boolean isTimed() {
					return true;
				}

				@Override
				public void ended(String method, CallMode mode, CallOutcome outcome, Duration waited, Duration ran) {
					Failing.this.unusual.raise();
				}

				@Override
				public void rejected(String method, CallMode mode, String reason) {
					Failing.this.unusual.raise();
				}

				@Override
				public void abandoned(String method) {
					Failing.this.unusual.raise();
				}

				@Override
				public void onewayFailed(String method, Throwable failure) {
					Failing.this.unusual.raise();
				}

				@Override
				public void busy(String method, Duration since, List<StackTraceElement> stack) {
					Failing.this.unusual.raise();
				}

				@Override
				public void loopFailed(Throwable failure, boolean restarting) {
					Failing.this.unusual.raise();
				}

			};
		}

	}

	/** Calls the handler from all that it is told. */
	private static final class CallingBack implements Observer {

		private volatile @Nullable Deferred<Desk> desk;

		@Override
		public HandlerListener handler(String handler, HandlerGauges gauges) {
			return new HandlerListener() {

				@Override
				public void ended(String method, CallMode mode, CallOutcome outcome, Duration waited, Duration ran) {
					Deferred<Desk> known = CallingBack.this.desk;
					if (known != null) {
						assertThat(known.sync().work(null)).isEqualTo("worked");
					}
				}

				@Override
				public void rejected(String method, CallMode mode, String reason) {
					Deferred<Desk> known = CallingBack.this.desk;
					if (known != null) {
						known.oneway().look();
					}
				}

			};
		}

	}

	/** Fails in one place, while it is to. */
	private static final class FailingCarrier implements ContextCarrier {

		private final Unusual unusual;

		private final String where;

		private volatile boolean failing;

		FailingCarrier(Unusual unusual, String where) {
			this.unusual = unusual;
			this.where = where;
		}

		private void failIn(String place) {
			if (this.failing && place.equals(this.where)) {
				this.unusual.raise();
			}
		}

		@Override
		public Snapshot capture() {
			failIn("capture");
			return new Snapshot() {

				@Override
				public Scope open() {
					failIn("open");
					return () -> failIn("close");
				}

				@Override
				public boolean isEmpty() {
					return false;
				}

			};
		}

	}

}
