package io.greenroom.deferred;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.greenroom.green.GreenScheduler;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Rounds;
import io.greenroom.testkit.Until;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Handlers whose calls are let in by a loop, or by hand. */
@Timeout(60)
@CloseSchedulers
class ProcessingTests {

	private final HandlerOptions manual = options().toBuilder().processing(Processing.MANUAL).build();

	private final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(5)).build();

	private final Letters letters = new Letters();

	private final Deferred<Letters> deferred = Deferred.of(this.scheduler, this.letters, this.manual);

	private final DeferredCalls calls = this.deferred.calls();

	/** Overridden where all of this is to hold with other options too. */
	HandlerOptions options() {
		return HandlerOptions.defaults();
	}

	@Test
	@DisplayName("D11 a filter keeps what it does not match, in its place; a name stands for all overloads")
	void filtersKeepTheRest() {
		this.deferred.oneway().a();
		this.deferred.oneway().b();
		this.deferred.oneway().c();
		this.deferred.oneway().b("again");
		assertThat(this.calls.process("b")).isEqualTo(2);
		assertThat(this.letters.seen).containsExactly("b", "b again");
		this.deferred.oneway().b();
		assertThat(this.calls.process()).isEqualTo(3);
		assertThat(this.letters.seen).containsExactly("b", "b again", "a", "c", "b");
		assertThat(this.calls.pending()).isZero();
	}

	@Test
	@DisplayName("D11 processForever and process(duration) keep what their filter does not match too")
	void waitingFiltersKeepTheRest() {
		this.deferred.oneway().a();
		this.deferred.oneway().b();
		this.deferred.oneway().stop(this.calls);
		assertThat(this.calls.process(Duration.ofMillis(1), "b")).isEqualTo(1);
		assertThat(this.calls.processForever("stop")).isEqualTo(1);
		assertThat(this.letters.seen).containsExactly("b", "stop");
		assertThat(this.calls.process()).isEqualTo(1);
		assertThat(this.letters.seen).containsExactly("b", "stop", "a");
	}

	@Test
	@DisplayName("D12 an empty filter, or one that names an unknown method, is an error")
	void filtersAreChecked() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.calls.process(new String[0]))
			.withMessageContaining("empty");
		assertThatIllegalArgumentException().isThrownBy(() -> this.calls.process("b", "zz"))
			.withMessageContaining("no method zz")
			.withMessageContaining("a, b, c");
		assertThatIllegalArgumentException().isThrownBy(() -> this.calls.process(Duration.ofMillis(-1)))
			.withMessageContaining("negative");
	}

	@Test
	@DisplayName("D13 what is queued after a stop waits for the next processing")
	void stopLeavesTheRest() {
		this.deferred.oneway().a();
		this.deferred.oneway().stop(this.calls);
		this.deferred.oneway().b();
		assertThat(this.calls.processForever()).isEqualTo(2);
		assertThat(this.letters.seen).containsExactly("a", "stop");
		assertThat(this.calls.process()).isEqualTo(1);
		assertThat(this.letters.seen).containsExactly("a", "stop", "b");
	}

	@Test
	@DisplayName("D14 a stop while nothing processes has no effect on a later processing")
	void stopWithoutProcessing() {
		this.deferred.oneway().a();
		this.calls.stopProcessing();
		assertThat(this.calls.process()).isEqualTo(1);
	}

	@Test
	@DisplayName("D15 a nested processing runs the later calls and the outer body goes on; a stop inside ends both")
	void processingNests() {
		this.deferred.oneway().nest(this.calls);
		this.deferred.oneway().a();
		this.deferred.oneway().b();
		assertThat(this.calls.process()).isEqualTo(1);
		assertThat(this.letters.seen).containsExactly("nest", "a", "b", "nested");
		this.letters.seen.clear();
		this.deferred.oneway().nest(this.calls);
		this.deferred.oneway().stop(this.calls);
		this.deferred.oneway().c();
		assertThat(this.calls.processForever()).isEqualTo(1);
		assertThat(this.letters.seen).containsExactly("nest", "stop", "nested");
	}

	@Test
	@DisplayName("D21 a second processor is rejected, and the first is named")
	void oneProcessorAtATime() throws Exception {
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		this.deferred.oneway().hold(inside, leave);
		Thread first = Thread.ofVirtual().name("the first").start(this.calls::process);
		inside.await();
		assertThatIllegalStateException().isThrownBy(this.calls::process).withMessageContaining("'the first'");
		leave.countDown();
		first.join();
		assertThat(this.calls.process()).isZero();
	}

	@Test
	@DisplayName("D23 process runs what was queued at its entry, also when calls keep coming")
	void processIsBounded() {
		this.letters.echo = this.deferred.oneway();
		this.deferred.oneway().echo();
		this.deferred.oneway().echo();
		for (int round = 0; round < 1_000; round++) {
			assertThat(this.calls.process()).isEqualTo(2);
		}
		assertThat(this.calls.pending()).isEqualTo(2);
	}

	@Test
	@DisplayName("D23 D15 process leaves what comes while it runs, although a nested processing has seen it")
	void laterCallsWait() {
		this.letters.echo = this.deferred.oneway();
		this.deferred.oneway().nestFor(this.calls, "b");
		this.deferred.oneway().c();
		assertThat(this.calls.process()).isEqualTo(2);
		assertThat(this.letters.seen).containsExactly("b", "nested for b", "c");
		assertThat(this.calls.process()).isEqualTo(1);
		assertThat(this.letters.seen).endsWith("a");
	}

	@Test
	@DisplayName("D13 a stop ends a processing that does not wait, too")
	void stopEndsAProcessing() {
		this.deferred.oneway().a();
		this.deferred.oneway().stop(this.calls);
		this.deferred.oneway().b();
		assertThat(this.calls.process()).isEqualTo(2);
		assertThat(this.calls.process()).isEqualTo(1);
		assertThat(this.letters.seen).containsExactly("a", "stop", "b");
	}

	@Test
	@DisplayName("D15 a stop inside a nested processing ends the outer one too, which does not wait")
	void stopInsideEndsBoth() {
		this.deferred.oneway().nest(this.calls);
		this.deferred.oneway().stop(this.calls);
		this.deferred.oneway().c();
		assertThat(this.calls.process()).isEqualTo(1);
		assertThat(this.letters.seen).containsExactly("nest", "stop", "nested");
		assertThat(this.calls.process()).isEqualTo(1);
	}

	@Test
	@DisplayName("D40 a stop wakes a processing that waits without limit")
	void stopWakes() throws Exception {
		Thread processor = Thread.startVirtualThread(this.calls::processForever);
		Until.waiting(processor);
		this.calls.stopProcessing();
		assertThat(processor.join(Duration.ofSeconds(20))).as("the processing has ended").isTrue();
	}

	@Test
	@DisplayName("D23 process(duration) waits for calls that come in time")
	void processWaits() throws Exception {
		Thread caller = Thread.startVirtualThread(() -> this.deferred.sync().stop(this.calls));
		assertThat(this.calls.process(Duration.ofSeconds(30))).isEqualTo(1);
		caller.join();
	}

	@Test
	@DisplayName("D40 stopProcessing from another thread ends a processing that waits")
	void stopFromAnotherThread() throws Exception {
		for (int round = 0; round < Rounds.of(10_000); round++) {
			Thread processor = Thread.startVirtualThread(this.calls::processForever);
			Until.until("the processing to end", () -> {
				this.calls.stopProcessing();
				return !processor.isAlive();
			});
		}
		this.deferred.oneway().a();
		assertThat(this.calls.process()).isEqualTo(1);
	}

	@Test
	@DisplayName("D16 a loop that dies tells everyone who waits and everyone who comes later")
	void loopsThatDie() {
		Pair pair = new Pair();
		pair.failure = new IllegalStateException("broken loop");
		Deferred<Pair> looped = Deferred.of(this.scheduler, pair, options());
		assertThatExceptionOfType(HandlerStoppedException.class).isThrownBy(looped.sync()::sum)
			.withMessageContaining("died of")
			.withCause(pair.failure);
		assertThatExceptionOfType(HandlerStoppedException.class).isThrownBy(looped.sync()::sum);
	}

	@Test
	@DisplayName("D36 between two process() calls of a loop no body runs (10000 rounds, a broken invariant is never seen)")
	void loopsAreAlone() throws Exception {
		Pair pair = new Pair();
		Deferred<Pair> looped = Deferred.of(this.scheduler, pair, options());
		List<Thread> readers = new ArrayList<>();
		CompletableFuture<Void> broken = new CompletableFuture<>();
		for (int i = 0; i < 4; i++) {
			readers.add(Thread.startVirtualThread(() -> {
				while (looped.sync().rounds() < 10_000) {
					if (looped.sync().sum() != 0) {
						broken.completeExceptionally(new AssertionError("a half-done change was seen"));
					}
				}
			}));
		}
		for (Thread reader : readers) {
			reader.join();
		}
		assertThat(broken).isNotDone();
		assertThat(pair.thread).isNotNull().matches(Thread::isVirtual);
	}

	@Test
	@DisplayName("D36 after the loop returned by itself the handler is closed, and what was queued still ran")
	void loopsThatReturn() throws Exception {
		Pair pair = new Pair();
		pair.gate = new CountDownLatch(1);
		Deferred<Pair> looped = Deferred.of(this.scheduler, pair, options());
		CompletableFuture<Integer> queued = looped.async(Pair::sum);
		pair.stop = true;
		pair.gate.countDown();
		assertThat(queued.get(20, TimeUnit.SECONDS)).isZero();
		assertThatExceptionOfType(HandlerStoppedException.class).isThrownBy(() -> {
			while (true) {
				looped.sync().sum();
			}
		});
	}

	@Test
	@DisplayName("D36 at shutdown the loop sees closing, and what is queued when it returns still runs")
	void loopsSeeTheShutdown() throws Exception {
		Pair pair = new Pair();
		pair.gate = new CountDownLatch(1);
		Deferred<Pair> looped = Deferred.of(this.scheduler, pair, options());
		CompletableFuture<Integer> queued = looped.async(Pair::sum);
		Thread closer = Thread.startVirtualThread(this.scheduler::close);
		Until.until("the shutdown to begin", () -> looped.calls().isClosing());
		pair.gate.countDown();
		closer.join();
		assertThat(queued.get(20, TimeUnit.SECONDS)).isZero();
		assertThat(pair.sawClosing).isTrue();
	}

	/** Remembers what ran. */
	static class Letters {

		final List<String> seen = new ArrayList<>();

		@Nullable Letters echo;

		void a() {
			this.seen.add("a");
		}

		void b() {
			this.seen.add("b");
		}

		void b(String more) {
			this.seen.add("b " + more);
		}

		void c() {
			this.seen.add("c");
		}

		void stop(DeferredCalls calls) {
			this.seen.add("stop");
			calls.stopProcessing();
		}

		void nest(DeferredCalls calls) {
			this.seen.add("nest");
			calls.process();
			this.seen.add("nested");
		}

		/** Has calls come, and lets one of them in. */
		void nestFor(DeferredCalls calls, String method) {
			Letters views = java.util.Objects.requireNonNull(this.echo);
			views.a();
			views.b();
			calls.process(method);
			this.seen.add("nested for " + method);
		}

		void echo() {
			java.util.Objects.requireNonNull(this.echo).echo();
		}

		void hold(CountDownLatch inside, CountDownLatch leave) throws InterruptedException {
			inside.countDown();
			leave.await();
		}

	}

	/** Two numbers whose sum is zero whenever anybody is let in. */
	static class Pair {

		private int one;

		private int other;

		private int rounds;

		volatile boolean stop;

		volatile boolean sawClosing;

		volatile @Nullable Thread thread;

		@Nullable CountDownLatch gate;

		@Nullable RuntimeException failure;

		@ProcessingLoop
		void run(DeferredCalls calls) throws InterruptedException {
			this.thread = Thread.currentThread();
			if (this.failure != null) {
				throw this.failure;
			}
			if (this.gate != null) {
				this.gate.await();
			}
			while (!this.stop && !calls.isClosing()) {
				this.one++;
				if (this.rounds % 16 == 0) {
					Thread.yield();
				}
				this.other--;
				this.rounds++;
				calls.process();
			}
			this.sawClosing = calls.isClosing();
		}

		int sum() {
			return this.one + this.other;
		}

		int rounds() {
			return this.rounds;
		}

	}

}
