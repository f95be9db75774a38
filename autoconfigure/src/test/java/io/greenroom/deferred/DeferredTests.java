package io.greenroom.deferred;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.HandlerType;
import io.greenroom.green.GreenScheduler;
import io.greenroom.testkit.CloseSchedulers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Sync and oneway calls of handlers, without Spring. */
@Timeout(60)
@CloseSchedulers
class DeferredTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(5)).build();

	/** Overridden where all of this is to hold with other options too. */
	HandlerOptions options() {
		return HandlerOptions.defaults();
	}

	@Test
	@DisplayName("D01 a direct call runs at once on the caller's thread, also while the handler is busy")
	void directRunsAtOnce() throws Exception {
		Deferred<Recorder> deferred = Deferred.of(this.scheduler, new Recorder(), options());
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		deferred.oneway().hold(inside, leave);
		inside.await();
		assertThat(deferred.direct().thread()).isEqualTo(Thread.currentThread());
		leave.countDown();
	}

	@Test
	@DisplayName("D02 arguments of every kind arrive intact, and effects are visible on return")
	void argumentsArrive() {
		Recorder recorder = new Recorder();
		Recorder sync = Deferred.of(this.scheduler, recorder, options()).sync();
		sync.all((byte) 1, (short) 2, 3, 4L, 5f, 6d, 'c', true, "s", new int[] { 7 }, null);
		assertThat(recorder.seen).containsExactly((byte) 1, (short) 2, 3, 4L, 5f, 6d, 'c', true, "s", 7, null);
	}

	@Test
	@DisplayName("D03 results of every kind pass: primitives, void, generics, varargs, default methods, null")
	void resultsPass() {
		Recorder sync = Deferred.of(this.scheduler, new Recorder(), options()).sync();
		assertThat(sync.fortyTwo()).isEqualTo(42);
		assertThat(sync.big()).isEqualTo(Long.MAX_VALUE);
		assertThat(sync.flag()).isTrue();
		assertThat(sync.letter()).isEqualTo('x');
		assertThat(sync.precise()).isEqualTo(0.5);
		assertThat(sync.nothing()).isNull();
		assertThat(sync.list("a")).containsExactly("a");
		assertThat(sync.joined("a", "b", "c")).isEqualTo("a-b-c");
		assertThat(sync.greet()).isEqualTo("hello from a default method");
		assertThat(sync.packagePrivate()).isEqualTo("seen");
		sync.nothingAtAll();
	}

	@Test
	@DisplayName("D03 a handler is called by its interface too")
	void resultsPassByInterface() {
		Recorder recorder = new Recorder();
		Handler handler = new Handler(this.scheduler, HandlerType.of(Recorder.class), recorder, options());
		Deferred<Greeter> greeter = handler.deferred(Greeter.class, recorder);
		assertThat(greeter.sync().greet()).isEqualTo("hello from a default method");
		greeter.sync().remember("oneway by the class's word");
		assertThat(greeter.sync().remembered()).containsExactly("oneway by the class's word");
	}

	@Test
	@DisplayName("D04 the very throwable arrives, checked or not, with the caller's frames, and the next call is served")
	void throwablesArrive() {
		Recorder sync = Deferred.of(this.scheduler, new Recorder(), options()).sync();
		for (Throwable thrown : List.of(new IOException("checked"), new IllegalStateException("unchecked"),
				new AssertionError("error"), new StackOverflowError("made by hand"))) {
			assertThat(catchThrowable(() -> sync.fail(thrown))).isSameAs(thrown);
			assertThat(catchThrowable(() -> sync.fail(thrown))).isSameAs(thrown);
			assertThat(thrown.getSuppressed()).singleElement()
				.satisfies((trace) -> assertThat(trace).hasMessageContaining("Recorder.fail")
					.hasStackTraceContaining("throwablesArrive"));
		}
		assertThat(sync.fortyTwo()).isEqualTo(42);
	}

	@Test
	@DisplayName("D04 nothing is added to a throwable that forbids it")
	void throwablesThatForbidSuppression() {
		Recorder sync = Deferred.of(this.scheduler, new Recorder(), options()).sync();
		Exception closed = new Exception("closed", null, false, false) {
		};
		assertThat(catchThrowable(() -> sync.fail(closed))).isSameAs(closed);
		assertThat(closed.getSuppressed()).isEmpty();
	}

	@Test
	@DisplayName("D05 a timeout says whether the call was queued or running and what the handler was doing")
	void timeoutsExplainThemselves() throws Exception {
		Deferred<Recorder> deferred = Deferred.of(this.scheduler, new Recorder(), options());
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		Recorder brief = deferred.sync(Duration.ofMillis(200));
		assertThatExceptionOfType(DeferredTimeoutException.class).isThrownBy(() -> brief.hold(inside, leave))
			.withMessageContaining("Recorder.hold")
			.withMessageContaining("running and has been left to finish");
		assertThatExceptionOfType(DeferredTimeoutException.class).isThrownBy(brief::fortyTwo)
			.withMessageContaining("Recorder.fortyTwo")
			.withMessageContaining("still queued and has been withdrawn")
			.withMessageContaining("running hold");
		leave.countDown();
		assertThat(deferred.sync().fortyTwo()).isEqualTo(42);
	}

	@Test
	@DisplayName("D06 oneway returns at once and does not run before the running call ends")
	void onewayReturnsAtOnce() throws Exception {
		Recorder recorder = new Recorder();
		Deferred<Recorder> deferred = Deferred.of(this.scheduler, recorder, options());
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		deferred.oneway().hold(inside, leave);
		inside.await();
		deferred.sync().remember("declared oneway");
		assertThat(deferred.oneway().fortyTwo()).isZero();
		assertThat(deferred.oneway().flag()).isFalse();
		assertThat(deferred.oneway().list("x")).isNull();
		assertThat(deferred.calls().pending()).isEqualTo(4);
		assertThat(deferred.direct().remembered()).isEmpty();
		leave.countDown();
		assertThat(deferred.sync().remembered()).containsExactly("declared oneway");
	}

	@Test
	@DisplayName("D08 calls from one thread run in order, oneway and sync mixed")
	void callsFromOneThreadKeepTheirOrder() {
		Deferred<Recorder> deferred = Deferred.of(this.scheduler, new Recorder(), options());
		List<String> expected = new ArrayList<>();
		for (int round = 0; round < 5_000; round++) {
			deferred.oneway().append("a" + round);
			deferred.sync().remember("b" + round);
			deferred.sync().append("c" + round);
			expected.addAll(List.of("a" + round, "b" + round, "c" + round));
		}
		assertThat(deferred.sync().remembered()).isEqualTo(expected);
	}

	@Test
	@DisplayName("D22 1000 callers with 100 unguarded increments each make exactly 100000, never two bodies inside")
	void incrementsAreNeverLost() throws Exception {
		Recorder recorder = new Recorder();
		Recorder sync = Deferred.of(this.scheduler, recorder, options()).sync();
		List<Thread> callers = new ArrayList<>();
		AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
		for (int i = 0; i < 1000; i++) {
			callers.add(Thread.ofVirtual().uncaughtExceptionHandler((t, ex) -> failure.set(ex)).start(() -> {
				for (int k = 0; k < 100; k++) {
					sync.increment();
				}
			}));
		}
		for (Thread caller : callers) {
			caller.join();
		}
		assertThat(failure.get()).isNull();
		assertThat(sync.count()).isEqualTo(100_000);
		assertThat(recorder.mostInside.get()).isEqualTo(1);
	}

	@Test
	@DisplayName("D22 platform threads, virtual threads and oneway calls together lose nothing either")
	void mixedCallersLoseNothing() throws Exception {
		Deferred<Recorder> deferred = Deferred.of(this.scheduler, new Recorder(),
				options().toBuilder().capacity(16).build());
		List<Thread> callers = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			Thread.Builder builder = (i % 2 == 0) ? Thread.ofPlatform() : Thread.ofVirtual();
			Recorder view = (i % 4 < 2) ? deferred.sync() : deferred.oneway();
			callers.add(builder.start(() -> {
				for (int k = 0; k < 5_000; k++) {
					view.increment();
				}
			}));
		}
		for (Thread caller : callers) {
			caller.join();
		}
		assertThat(deferred.sync().count()).isEqualTo(40_000);
		assertThat(deferred.calls().pending()).isZero();
	}

	@Test
	@DisplayName("D18 a sync call of the handler to itself runs at once, on the same thread")
	void selfCallsRunAtOnce() {
		Recorder recorder = new Recorder();
		Deferred<Recorder> deferred = Deferred.of(this.scheduler, recorder, options());
		recorder.self = deferred.sync();
		assertThat(deferred.sync().throughItself()).isEqualTo(42);
	}

	@Test
	@DisplayName("D28 a method that returns a future returns at once, completed with the body's own")
	void futuresAreCompletedByTheBody() throws Exception {
		Deferred<Recorder> deferred = Deferred.of(this.scheduler, new Recorder(), options());
		CompletableFuture<String> inner = new CompletableFuture<>();
		CompletionStage<String> outer = deferred.sync().later(inner);
		assertThat(outer.toCompletableFuture()).isNotDone();
		inner.complete("done");
		assertThat(outer.toCompletableFuture().get(20, TimeUnit.SECONDS)).isEqualTo("done");
	}

	@Test
	@DisplayName("D37 async runs a function as one call; cancelling withdraws a queued one")
	void asyncIsOneCall() throws Exception {
		Deferred<Recorder> deferred = Deferred.of(this.scheduler, new Recorder(), options());
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		deferred.oneway().hold(inside, leave);
		inside.await();
		CompletableFuture<List<String>> both = deferred.async((recorder) -> {
			recorder.append("one");
			recorder.append("two");
			return recorder.remembered();
		});
		CompletableFuture<Object> withdrawn = deferred.async((recorder) -> {
			recorder.append("never");
			return recorder;
		});
		assertThat(withdrawn.cancel(false)).isTrue();
		leave.countDown();
		assertThat(both.get(20, TimeUnit.SECONDS)).containsExactly("one", "two");
		assertThat(deferred.sync().remembered()).containsExactly("one", "two");
	}

	@Test
	@DisplayName("D25 a full mailbox rejects or makes the caller wait, as declared")
	void fullMailboxes() throws Exception {
		HandlerOptions tight = options().toBuilder().capacity(2).timeout(Duration.ofMillis(50)).build();
		for (Overflow overflow : List.of(Overflow.BLOCK, Overflow.REJECT)) {
			Deferred<Recorder> deferred = Deferred.of(this.scheduler, new Recorder(),
					tight.toBuilder().overflow(overflow).build());
			CountDownLatch inside = new CountDownLatch(1);
			CountDownLatch leave = new CountDownLatch(1);
			deferred.oneway().hold(inside, leave);
			inside.await();
			deferred.oneway().append("1");
			CompletableFuture<List<String>> second = deferred.async(Recorder::remembered);
			assertThatExceptionOfType(MailboxFullException.class).isThrownBy(() -> deferred.oneway().append("3"))
				.withMessageContaining("Recorder is full (2 calls waiting");
			leave.countDown();
			assertThat(second.get(20, TimeUnit.SECONDS)).containsExactly("1");
		}
	}

	@Test
	@DisplayName("D27 an interrupted caller withdraws its queued call and keeps its flag")
	void interruptedCallers() throws Exception {
		Deferred<Recorder> deferred = Deferred.of(this.scheduler, new Recorder(), options());
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		deferred.oneway().hold(inside, leave);
		inside.await();
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(DeferredInterruptedException.class).isThrownBy(() -> deferred.sync().append("never"))
			.withMessageContaining("withdrawn");
		assertThat(Thread.interrupted()).isTrue();
		leave.countDown();
		assertThat(deferred.sync().remembered()).isEmpty();
	}

	@Test
	@DisplayName("D27 D25 a caller that is interrupted while it waits for room makes no call and keeps its flag")
	void interruptedWhileWaitingForRoom() throws Exception {
		Deferred<Recorder> deferred = Deferred.of(this.scheduler, new Recorder(),
				options().toBuilder().capacity(1).build());
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		deferred.oneway().hold(inside, leave);
		inside.await();
		deferred.oneway().append("first");
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(DeferredInterruptedException.class)
			.isThrownBy(() -> deferred.oneway().append("never"))
			.withMessageContaining("waiting for room");
		assertThat(Thread.interrupted()).isTrue();
		leave.countDown();
		assertThat(deferred.sync().remembered()).containsExactly("first");
	}

	@Test
	@DisplayName("D20 a stopped handler answers at once, and those who wait are told")
	void stoppedHandlers() throws Exception {
		Recorder recorder = new Recorder();
		Handler handler = new Handler(this.scheduler, HandlerType.of(Recorder.class), recorder, options());
		Deferred<Recorder> deferred = handler.deferred(Recorder.class, recorder);
		CountDownLatch inside = new CountDownLatch(1);
		deferred.oneway().hold(inside, new CountDownLatch(1));
		inside.await();
		CompletableFuture<Object> waiting = deferred.async(Recorder::count);
		handler.stop(Duration.ZERO);
		assertThatExceptionOfType(HandlerStoppedException.class).isThrownBy(deferred.sync()::fortyTwo)
			.withMessageContaining("Recorder.fortyTwo was not run");
		assertThat(waiting).isCompletedExceptionally();
	}

	@Test
	@DisplayName("D31 a stop runs what was accepted first")
	void stopRunsWhatWasAccepted() throws Exception {
		Recorder recorder = new Recorder();
		Deferred<Recorder> deferred = Deferred.of(this.scheduler, recorder, options());
		for (int i = 0; i < 1_000; i++) {
			deferred.oneway().increment();
		}
		this.scheduler.close();
		assertThat(recorder.count()).isEqualTo(1_000);
	}

	@Test
	@DisplayName("D32 equals, hashCode and toString of a view do not enter the mailbox")
	void identityOfViews() throws Exception {
		Deferred<Recorder> deferred = Deferred.of(this.scheduler, new Recorder(), options());
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		deferred.oneway().hold(inside, leave);
		inside.await();
		Recorder sync = deferred.sync();
		assertThat(sync).isEqualTo(deferred.sync(Duration.ofSeconds(1)))
			.hasSameHashCodeAs(deferred.sync(Duration.ofSeconds(1)))
			.isNotEqualTo(deferred.oneway())
			.hasToString("Handler[Recorder].sync()");
		leave.countDown();
	}

	@Test
	@DisplayName("D24 the processing loop can't be called by callers")
	void loopsAreNotCallable() {
		Looped looped = new Looped();
		Deferred<Looped> deferred = Deferred.of(this.scheduler, looped, options());
		assertThatIllegalStateException().isThrownBy(() -> deferred.sync().run(deferred.calls()))
			.withMessageContaining("Looped.run is the handler's processing loop");
		looped.stop = true;
	}

	/** A small interface with a default method. */
	interface Greeter {

		default String greet() {
			return "hello from a default method";
		}

		void remember(String what);

		List<String> remembered();

	}

	/** A handler without locks that shows what was done with it. */
	static class Recorder implements Greeter {

		final AtomicInteger mostInside = new AtomicInteger();

		private final AtomicInteger inside = new AtomicInteger();

		private final List<String> remembered = new ArrayList<>();

		List<@Nullable Object> seen = new ArrayList<>();

		@Nullable Recorder self;

		private int count;

		void all(byte b, short s, int i, long l, float f, double d, char c, boolean z, String text, int[] array,
				@Nullable Object nothing) {
			this.seen = new ArrayList<>(Arrays.asList(b, s, i, l, f, d, c, z, text, array[0], nothing));
		}

		int fortyTwo() {
			return 42;
		}

		long big() {
			return Long.MAX_VALUE;
		}

		boolean flag() {
			return true;
		}

		char letter() {
			return 'x';
		}

		double precise() {
			return 0.5;
		}

		@Nullable String nothing() {
			return null;
		}

		<T> List<T> list(T one) {
			return List.of(one);
		}

		String joined(String... parts) {
			return String.join("-", parts);
		}

		String packagePrivate() {
			return "seen";
		}

		void nothingAtAll() {
		}

		void fail(Throwable thrown) throws Exception {
			switch (thrown) {
				case Exception ex -> throw ex;
				case Error error -> throw error;
				default -> throw new IllegalArgumentException(thrown);
			}
		}

		Thread thread() {
			return Thread.currentThread();
		}

		void hold(CountDownLatch inside, CountDownLatch leave) throws InterruptedException {
			inside.countDown();
			leave.await();
		}

		@Override
		@Oneway
		public void remember(String what) {
			this.remembered.add(what);
		}

		void append(String what) {
			this.remembered.add(what);
		}

		@Override
		public List<String> remembered() {
			return List.copyOf(this.remembered);
		}

		void increment() {
			int now = this.inside.incrementAndGet();
			this.mostInside.accumulateAndGet(now, Math::max);
			int seen = this.count;
			if (seen % 64 == 0) {
				Thread.yield();
			}
			this.count = seen + 1;
			this.inside.decrementAndGet();
		}

		int count() {
			return this.count;
		}

		int throughItself() {
			assertThat(java.util.Objects.requireNonNull(this.self).thread()).isEqualTo(Thread.currentThread());
			return this.self.fortyTwo();
		}

		CompletionStage<String> later(CompletableFuture<String> inner) {
			return inner;
		}

	}

	/** A handler with a loop. */
	static class Looped {

		volatile boolean stop;

		@ProcessingLoop
		void run(DeferredCalls calls) {
			while (!this.stop && !calls.isClosing()) {
				calls.process(Duration.ofMillis(1));
			}
		}

	}

}
