package io.greenroom.deferred;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.HandlerType;
import io.greenroom.deferred.internal.Inside;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.ThreadShortage;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.LastFrames;
import io.greenroom.testkit.Until;
import io.greenroom.testkit.Unusual;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Handlers that somebody closes while their scheduler goes on. */
@Timeout(120)
@CloseSchedulers
class CloseTests {

	private static final Duration SHORT = Duration.ofMillis(300);

	private final ThreadShortage shortage = new ThreadShortage();

	private final GreenScheduler scheduler = this.shortage.on(GreenScheduler.builder())
		.drainTimeout(Duration.ofSeconds(5))
		.build();

	private final Desk target = new Desk();

	@AfterEach
	void close() {
		this.target.leave.countDown();
	}

	private Deferred<Desk> desk(HandlerOptions options) {
		return Deferred.of(this.scheduler, this.target, options);
	}

	private void assertClosed(Deferred<Desk> desk) {
		long start = System.nanoTime();
		assertThatExceptionOfType(HandlerStoppedException.class).isThrownBy(desk.sync()::work)
			.withMessageContaining("closed");
		assertThatExceptionOfType(HandlerStoppedException.class).isThrownBy(desk.oneway()::work);
		assertThatExceptionOfType(HandlerStoppedException.class).isThrownBy(() -> desk.async(Desk::work));
		assertThat(Duration.ofNanos(System.nanoTime() - start)).as("at once").isLessThan(Duration.ofSeconds(10));
		assertThat(this.scheduler.services()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("F05 D20 a handler that was not called, or is called no more, can be closed, and rejects what comes then")
	void closesIdle(Execution execution) {
		for (int calls = 0; calls < 3; calls++) {
			Deferred<Desk> desk = desk(HandlerOptions.builder().execution(execution).build());
			for (int i = 0; i < calls; i++) {
				desk.sync().work();
			}
			desk.close();
			assertClosed(desk);
			desk.close();
			assertClosed(desk);
		}
	}

	@Test
	@DisplayName("F05 D31 closing runs what is running and queued within the handler's time")
	void acceptedCallsRun() throws Exception {
		Deferred<Desk> desk = desk(HandlerOptions.builder().capacity(3).timeout(Duration.ofSeconds(30)).build());
		CompletableFuture<Integer> running = desk.async(Desk::hold);
		this.target.inside.await();
		List<CompletableFuture<Integer>> queued = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			queued.add(desk.async(Desk::work));
		}
		CompletableFuture<Void> closing = CompletableFuture.runAsync(desk::close, Thread::startVirtualThread);
		Until.until("the close to begin", desk.calls()::isClosing);
		assertThatExceptionOfType(HandlerStoppedException.class).isThrownBy(desk.sync()::work);
		assertThat(closing).isNotDone();
		this.target.leave.countDown();
		closing.get(20, TimeUnit.SECONDS);
		assertThat(running.get(20, TimeUnit.SECONDS)).isEqualTo(1);
		for (CompletableFuture<Integer> call : queued) {
			assertThat(call).isCompleted();
		}
		assertClosed(desk);
	}

	/** What ends a handler, before its running body has ended. */
	enum End {

		CLOSE, SCHEDULER

	}

	/** Who waits for room. */
	enum Waiting {

		SYNC, ASYNC, ONEWAY, HOLDER;

		void call(Deferred<Desk> desk, Deferred<Desk> other) {
			switch (this) {
				case SYNC -> desk.sync(Duration.ofMinutes(10)).work();
				case ASYNC -> desk.async(Desk::work);
				case ONEWAY -> desk.oneway().work();
				case HOLDER -> other.sync().run(desk.sync()::work);
			}
		}

	}

	@ParameterizedTest
	@CsvSource({ "CLOSE,SYNC", "CLOSE,ASYNC", "CLOSE,ONEWAY", "CLOSE,HOLDER", "SCHEDULER,SYNC", "SCHEDULER,ASYNC",
			"SCHEDULER,ONEWAY" })
	@DisplayName("D20 D31 who waits for room when the handler is closed is told at once, as who calls it then")
	void waitersForRoom(End end, Waiting who) throws Exception {
		Deferred<Desk> desk = desk(HandlerOptions.builder().capacity(1).timeout(Duration.ofMinutes(5)).build());
		Deferred<Desk> other = Deferred.of(this.scheduler, new Desk());
		desk.oneway().hold();
		this.target.inside.await();
		CompletableFuture<Integer> queued = desk.async(Desk::work);
		List<CompletableFuture<Throwable>> waiting = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			CompletableFuture<Throwable> outcome = new CompletableFuture<>();
			waiting.add(outcome);
			Until.waiting(
					Thread.startVirtualThread(() -> outcome.complete(catchThrowable(() -> who.call(desk, other)))));
		}
		Thread closing = Thread.startVirtualThread((end == End.CLOSE) ? desk::close : this.scheduler::close);
		for (CompletableFuture<Throwable> outcome : waiting) {
			assertThat(outcome.get(20, TimeUnit.SECONDS)).isInstanceOf(HandlerStoppedException.class)
				.hasMessageContaining("was not run");
		}
		assertThat(queued).isNotDone();
		assertThat(closing.isAlive()).isTrue();
		this.target.leave.countDown();
		assertThat(closing.join(Duration.ofSeconds(20))).isTrue();
		assertThat(queued.get(20, TimeUnit.SECONDS)).isEqualTo(2);
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("F05 D38 a read-only body that closes its own handler is finished first, and does not wait for itself")
	void closesInReadOnlyBody(Execution execution) {
		Reader reader = new Reader();
		Deferred<Reader> handle = Deferred.of(this.scheduler, reader,
				HandlerOptions.builder().execution(execution).timeout(Duration.ofMinutes(10)).build());
		assertThat(handle.sync(Duration.ofSeconds(30)).close(handle)).isEqualTo("closed");
		assertThatExceptionOfType(HandlerStoppedException.class).isThrownBy(() -> handle.sync().close(handle));
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("F05 D19 a body that closes a handler whose body waits for it, through others too, does not wait for itself")
	void closesFurtherDown(Execution execution) {
		HandlerOptions options = HandlerOptions.builder().execution(execution).timeout(Duration.ofMinutes(10)).build();
		Deferred<Desk> first = desk(options);
		Deferred<Desk> second = Deferred.of(this.scheduler, new Desk(), options);
		Deferred<Desk> third = Deferred.of(this.scheduler, new Desk(), options);
		first.sync(Duration.ofSeconds(30)).run(() -> second.sync().run(() -> third.sync().run(first::close)));
		assertThatExceptionOfType(HandlerStoppedException.class).isThrownBy(first.sync()::work);
		assertThat(second.sync().work()).isEqualTo(1);
	}

	@Test
	@DisplayName("F05 D31 a close whose time is over tells all who wait, and returns")
	void tooLate() throws Exception {
		Deferred<Desk> desk = desk(HandlerOptions.builder().timeout(SHORT).build());
		CompletableFuture<Integer> running = desk.async(Desk::hold);
		CompletableFuture<Integer> queued = desk.async(Desk::work);
		this.target.inside.await();
		long start = System.nanoTime();
		desk.close();
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(SHORT.dividedBy(2), Duration.ofSeconds(20));
		assertThat(running).isCompletedExceptionally();
		assertThat(queued).isCompletedExceptionally();
		assertClosed(desk);
	}

	@Test
	@DisplayName("F05 D27 an interrupt cuts a close short, which tells all who wait; the flag stays")
	void interruptedClose() throws Exception {
		Deferred<Desk> desk = desk(HandlerOptions.builder().timeout(Duration.ofMinutes(10)).build());
		CompletableFuture<Integer> queued = desk.async(Desk::hold);
		CompletableFuture<Integer> more = desk.async(Desk::work);
		this.target.inside.await();
		CompletableFuture<Boolean> flag = new CompletableFuture<>();
		Thread closer = Thread.startVirtualThread(() -> {
			desk.close();
			flag.complete(Thread.currentThread().isInterrupted());
		});
		Until.until("the close to begin", desk.calls()::isClosing);
		closer.interrupt();
		assertThat(flag.get(20, TimeUnit.SECONDS)).isTrue();
		assertThat(queued).isCompletedExceptionally();
		assertThat(more).isCompletedExceptionally();
		assertClosed(desk);
	}

	@Test
	@DisplayName("F05 D16 a body may close its own handler: it goes on, its caller has its answer, then all is over")
	void closesItself() {
		Deferred<Desk> desk = desk(HandlerOptions.defaults());
		assertThat(desk.sync().closeItself(desk)).isEqualTo(1);
		Until.until("the end", () -> this.scheduler.services().isEmpty());
		assertClosed(desk);
	}

	@Test
	@DisplayName("F05 a close beside others and beside calls: each call ran or was told, and every close returns")
	void closesRace() throws Exception {
		for (int round = 0; round < 200; round++) {
			Desk here = new Desk();
			Deferred<Desk> desk = Deferred.of(this.scheduler, here, HandlerOptions.builder().capacity(2).build());
			AtomicInteger ran = new AtomicInteger();
			List<Thread> threads = new ArrayList<>();
			List<Throwable> others = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				threads.add(Thread.startVirtualThread(() -> {
					try {
						while (true) {
							desk.sync().work();
							ran.incrementAndGet();
						}
					}
					catch (HandlerStoppedException end) {
						// As it should be.
					}
					catch (Throwable failure) {
						synchronized (others) {
							others.add(failure);
						}
					}
				}));
			}
			Until.until("five calls to be made", () -> here.worked >= 5);
			threads.add(Thread.startVirtualThread(desk::close));
			threads.add(Thread.startVirtualThread(desk::close));
			for (Thread thread : threads) {
				assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
			}
			assertThat(others).isEmpty();
			assertThat(ran.get()).isEqualTo(here.worked);
			assertThat(this.scheduler.services()).isEmpty();
		}
	}

	@Test
	@DisplayName("F05 D36 closing ends a loop, and what is queued when the loop returns still runs")
	void endsLoops() {
		Looped looped = new Looped();
		Deferred<Looped> desk = Deferred.of(this.scheduler, looped, HandlerOptions.defaults());
		assertThat(desk.sync().work()).isOne();
		CompletableFuture<Integer> queued = desk.async(Desk::work);
		desk.close();
		assertThat(queued).isCompletedWithValue(2);
		assertThat(looped.ended).isTrue();
		assertThat(this.scheduler.services()).isEmpty();
	}

	@Test
	@DisplayName("F05 D40 closing a MANUAL handler tells who waits in it, at once")
	void manual() {
		Deferred<Desk> desk = desk(
				HandlerOptions.builder().processing(Processing.MANUAL).timeout(Duration.ofMinutes(10)).build());
		CompletableFuture<Integer> queued = desk.async(Desk::work);
		long start = System.nanoTime();
		desk.close();
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
		assertThat(queued).isCompletedExceptionally();
		assertThat(desk.calls().process()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("F01 F02 whatever a body throws while its handler closes, the close is carried through")
	void unusualBodies(Unusual unusual) throws Exception {
		Deferred<Desk> desk = desk(HandlerOptions.defaults());
		CompletableFuture<Integer> running = desk.async(Desk::hold);
		this.target.inside.await();
		CompletableFuture<Integer> failing = desk.async((it) -> it.fail(unusual));
		CompletableFuture<Integer> behind = desk.async(Desk::work);
		CompletableFuture<Void> closing = CompletableFuture.runAsync(desk::close, Thread::startVirtualThread);
		Until.until("the close to begin", desk.calls()::isClosing);
		this.target.leave.countDown();
		closing.get(20, TimeUnit.SECONDS);
		assertThat(running).isCompleted();
		assertThat(failing).isCompletedExceptionally();
		assertThat(behind).isCompletedWithValue(2);
		assertClosed(desk);
	}

	@Test
	@DisplayName("F03 a close that overflows in any frame can be made again, and nothing is left")
	void lastFrames() throws Exception {
		LastFrames.of(600).rounds(4).call(() -> {
			Deferred<Desk> desk = desk(HandlerOptions.defaults());
			desk.oneway().work();
			desk.close();
			return null;
		}).assertReturned();
		Deferred<Desk> desk = desk(HandlerOptions.defaults());
		desk.sync().work();
		LastFrames.of(600).rounds(3).call(() -> {
			desk.close();
			return null;
		}).assertReturned();
		desk.close();
		assertThatExceptionOfType(HandlerStoppedException.class).isThrownBy(desk.sync()::work);
	}

	@Test
	@DisplayName("F03 a handler whose thread could not be had tells its caller why, is closed, and is kept by nobody")
	void threadShortage() {
		for (Execution execution : Execution.values()) {
			Deferred<Desk> desk = desk(HandlerOptions.builder().execution(execution).build());
			this.shortage.begin();
			for (int i = 0; i < 3; i++) {
				assertThatExceptionOfType(HandlerStoppedException.class).isThrownBy(desk.sync()::work)
					.withMessageContaining("could not start")
					.withCauseInstanceOf(OutOfMemoryError.class);
				assertThat(catchThrowable(desk.oneway()::work)).isInstanceOf(HandlerStoppedException.class);
				assertThat(catchThrowable(() -> desk.async(Desk::work))).isInstanceOf(HandlerStoppedException.class);
				assertThat(this.scheduler.services()).isEmpty();
			}
			this.shortage.end();
			int before = this.target.worked;
			assertThat(desk.sync().work()).isEqualTo(before + 1);
			assertThat(desk.calls().pending()).isZero();
			this.shortage.begin();
			desk.close();
			this.shortage.end();
			assertClosed(desk);
		}
	}

	@Test
	@DisplayName("F03 an owner at rest whose thread can't be had: its caller is told why, the next call is served")
	void threadShortageAtRest() {
		Handler handler = new Handler(this.scheduler, HandlerType.of(Desk.class), this.target,
				HandlerOptions.defaults());
		Deferred<Desk> desk = handler.deferred(Desk.class, this.target);
		for (int round = 1; round <= 20; round++) {
			assertThat(desk.sync().work()).isEqualTo(round);
			Until.until("rest", () -> {
				Inside.rest(handler);
				return handler.threads().isEmpty();
			});
			this.shortage.begin();
			assertThat(catchThrowable(desk.sync()::work)).isInstanceOf(HandlerStoppedException.class)
				.hasMessageContaining("could not start");
			assertThat(catchThrowable(desk.oneway()::work)).isInstanceOf(HandlerStoppedException.class);
			this.shortage.end();
			assertThat(desk.calls().pending()).isZero();
		}
	}

	@Test
	@DisplayName("F03 a loop whose thread can't be had is started by the next call")
	void threadShortageOfLoops() {
		this.shortage.begin();
		Looped looped = new Looped();
		Deferred<Looped> desk = Deferred.of(this.scheduler, looped);
		assertThat(catchThrowable(desk.sync()::work)).isInstanceOf(HandlerStoppedException.class)
			.hasMessageContaining("could not start");
		this.shortage.end();
		assertThat(desk.sync().work()).isOne();
	}

	static class Desk {

		void run(Runnable task) {
			task.run();
		}

		private final CountDownLatch inside = new CountDownLatch(1);

		private final CountDownLatch leave = new CountDownLatch(1);

		volatile int worked;

		int work() {
			return ++this.worked;
		}

		int hold() {
			this.inside.countDown();
			boolean interrupted = false;
			while (true) {
				try {
					this.leave.await();
					break;
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
			return work();
		}

		int fail(Unusual unusual) {
			throw Unusual.<RuntimeException>sneaky(unusual.make());
		}

		int closeItself(Deferred<Desk> self) {
			self.close();
			return work();
		}

	}

	static class Looped extends Desk {

		volatile boolean ended;

		@ProcessingLoop
		void loop(DeferredCalls calls) {
			while (!calls.isClosing()) {
				calls.process(Duration.ofMillis(50));
			}
			this.ended = true;
		}

	}

	/** Closes its handler while it reads. */
	static class Reader {

		@ReadOnly
		String close(Deferred<Reader> handle) {
			handle.close();
			return "closed";
		}

	}

}
