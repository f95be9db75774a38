package io.greenroom.deferred;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import io.greenroom.green.DrainReport;
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
import static org.assertj.core.api.Assertions.catchThrowable;

/** Bodies that only read. */
@Timeout(120)
@CloseSchedulers
class ReadOnlyTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(5)).build();

	private final Ledger ledger = new Ledger();

	private final Deferred<Ledger> deferred = Deferred.of(this.scheduler, this.ledger, options());

	private Thread processor = Thread.currentThread();

	private volatile boolean interrupted;

	/** Overridden where all of this is to hold with other options too. */
	HandlerOptions options() {
		return HandlerOptions.defaults();
	}

	@Test
	@DisplayName("D38 ten reads run at once, each on a green thread of its own, so that they take no longer than one")
	void readsRunBesideEachOther() throws Exception {
		CountDownLatch together = new CountDownLatch(10);
		List<CompletableFuture<Boolean>> reads = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			reads.add(CompletableFuture.supplyAsync(() -> this.deferred.sync(Duration.ofSeconds(30)).meet(together),
					Thread::startVirtualThread));
		}
		for (CompletableFuture<Boolean> read : reads) {
			assertThat(read.get(30, TimeUnit.SECONDS)).as("all ten are inside at one moment").isTrue();
		}
		assertThat(this.ledger.threads).hasSize(10).doesNotHaveDuplicates().allMatch(Thread::isVirtual);
	}

	@Test
	@DisplayName("D38 a read never sees a half-done write, nor one beside the other (20000 rounds)")
	void readsAreNeverBesideWrites() throws Exception {
		int rounds = Rounds.of(2_500);
		AtomicInteger broken = new AtomicInteger();
		List<Thread> callers = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			boolean writes = (i % 4 == 0);
			callers.add(Thread.startVirtualThread(() -> {
				for (int round = 0; round < rounds; round++) {
					if (writes) {
						this.deferred.sync().write();
					}
					else if (this.deferred.sync().sum() != 0) {
						broken.incrementAndGet();
					}
				}
			}));
		}
		haveEnded(callers);
		assertThat(broken).hasValue(0);
		assertThat(this.ledger.writes).isEqualTo(2 * rounds);
	}

	/** Fails instead of waiting for ever, and before the test's own limit does. */
	private static void haveEnded(List<Thread> callers) throws InterruptedException {
		for (Thread caller : callers) {
			assertThat(caller.join(Duration.ofSeconds(100))).as("%s has ended", caller).isTrue();
		}
	}

	@Test
	@DisplayName("D38 reads never run beside a loop: process() waits for those it let in")
	void readsAreNeverBesideTheLoop() throws Exception {
		LoopedLedger looped = new LoopedLedger();
		Deferred<LoopedLedger> handler = Deferred.of(this.scheduler, looped, options());
		List<Thread> callers = new ArrayList<>();
		AtomicInteger broken = new AtomicInteger();
		for (int i = 0; i < 4; i++) {
			callers.add(Thread.startVirtualThread(() -> {
				for (int round = 0; round < Rounds.of(2_000); round++) {
					if (handler.sync().sum() != 0) {
						broken.incrementAndGet();
					}
				}
			}));
		}
		haveEnded(callers);
		assertThat(broken).hasValue(0);
	}

	@Test
	@DisplayName("D38 a waiting writer is not overtaken for ever by reads that never stop")
	void writersAreNotStarved() throws Exception {
		List<Thread> readers = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			readers.add(Thread.startVirtualThread(() -> {
				while (!Thread.currentThread().isInterrupted()) {
					this.deferred.async(Ledger::sum);
					this.deferred.oneway().sum();
				}
			}));
		}
		try {
			for (int i = 0; i < 50; i++) {
				this.deferred.sync(Duration.ofSeconds(20)).write();
			}
		}
		finally {
			// Else they would keep all carriers, and nothing would ever end.
			readers.forEach(Thread::interrupt);
		}
		assertThat(this.ledger.writes).isEqualTo(50);
	}

	@Test
	@DisplayName("D38 D18 a read may read its own handler; a write from a read is rejected at once instead of hanging")
	void callsOfItsOwnHandler() {
		this.ledger.self = this.deferred.sync();
		assertThat(this.deferred.sync().readSelf()).isZero();
		assertThatExceptionOfType(DeferredDeadlockException.class).isThrownBy(this.deferred.sync()::writeSelf)
			.withMessageContaining("Ledger.write is not @ReadOnly")
			.withMessageContaining("body of writeSelf");
		assertThat(this.deferred.sync().sum()).isZero();
	}

	@Test
	@DisplayName("D38 D19 the wait-for graph knows readers: a write that comes back through another handler is rejected")
	void writesThatComeBack() {
		Detour detour = new Detour();
		this.ledger.detour = Deferred.of(this.scheduler, detour, options()).sync();
		detour.ledger = this.deferred.sync();
		assertThatExceptionOfType(DeferredDeadlockException.class).isThrownBy(() -> this.deferred.sync().detour(true))
			.withMessageContaining("Ledger.detour waits for Detour.touch")
			.withMessageContaining("Detour.touch waits for Ledger.write");
		assertThat(this.deferred.sync().sum()).isZero();
	}

	@Test
	@DisplayName("D38 D19 a read that comes back through another handler runs, also when a writer waits in between")
	void readsThatComeBack() throws Exception {
		Detour detour = new Detour();
		this.ledger.detour = Deferred.of(this.scheduler, detour, options()).sync();
		detour.ledger = this.deferred.sync();
		for (int round = 0; round < Rounds.of(1_000); round++) {
			CompletableFuture<@Nullable Void> writer = new CompletableFuture<>();
			detour.before = () -> Thread.startVirtualThread(() -> {
				this.deferred.sync().write();
				writer.complete(null);
			});
			assertThat(this.deferred.sync(Duration.ofSeconds(20)).detour(false)).isZero();
			writer.get(20, TimeUnit.SECONDS);
		}
	}

	@Test
	@DisplayName("D38 no more than the declared number of readers run at once")
	void readersAreLimited() throws Exception {
		Ledger limited = new Ledger();
		Deferred<Ledger> handler = Deferred.of(this.scheduler, limited, options().toBuilder().readers(3).build());
		List<CompletableFuture<Object>> calls = new ArrayList<>();
		List<Thread> callers = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			callers.add(Thread.startVirtualThread(() -> handler.sync().slowRead(1)));
		}
		haveEnded(callers);
		assertThat(calls).isEmpty();
		assertThat(limited.most.get()).isBetween(1, 3);
	}

	@Test
	@DisplayName("D38 D31 reads that do not end are told, named and killed at the shutdown, and who waits for them too (100 rounds)")
	void readsAtTheShutdown() throws Exception {
		for (int round = 0; round < 100; round++) {
			GreenScheduler draining = GreenScheduler.builder().build();
			Deferred<Ledger> ledger = Deferred.of(draining, new Ledger(), options());
			CountDownLatch inside = new CountDownLatch(2);
			for (int i = 0; i < 2; i++) {
				ledger.oneway().hold(inside, new CountDownLatch(1));
			}
			inside.await();
			CompletableFuture<Integer> writer = ledger.async(Ledger::writes);
			assertThat(draining.drain(Duration.ofMillis(10)).work().left())
				.containsExactlyInAnyOrder("Ledger.hold (running)", "Ledger.hold (running)", "Ledger.async");
			assertThat(writer).isCompletedExceptionally();
		}
	}

	@Test
	@DisplayName("D38 a writer, and the end of process(), wait for a read that is under way")
	void writersWaitForReaders() throws Exception {
		Deferred<Ledger> manual = Deferred.of(this.scheduler, this.ledger,
				options().toBuilder().processing(Processing.MANUAL).build());
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		CompletableFuture<Integer> writer = startRead(manual, inside, leave, (ledger) -> ledger.async(Ledger::writes));
		// What must not come is given time to come.
		assertThat(catchThrowable(() -> writer.get(200, TimeUnit.MILLISECONDS))).isInstanceOf(TimeoutException.class);
		leave.countDown();
		assertThat(writer.get(20, TimeUnit.SECONDS)).isZero();
		this.processor.join();
	}

	@Test
	@DisplayName("D38 process() does not return while a read that it has begun is under way")
	void processWaitsForReaders() throws Exception {
		Deferred<Ledger> manual = Deferred.of(this.scheduler, this.ledger,
				options().toBuilder().processing(Processing.MANUAL).build());
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		startRead(manual, inside, leave, (ledger) -> CompletableFuture.completedFuture(0));
		// What must not come is given time to come.
		assertThat(this.processor.join(Duration.ofMillis(200))).isFalse();
		leave.countDown();
		assertThat(this.processor.join(Duration.ofSeconds(20))).isTrue();
	}

	@Test
	@DisplayName("D38 D40 an interrupt does not cut the wait for reads short, and stays set on the processing thread")
	void interruptedWhileWaitingForReaders() throws Exception {
		Deferred<Ledger> manual = Deferred.of(this.scheduler, this.ledger,
				options().toBuilder().processing(Processing.MANUAL).build());
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		startRead(manual, inside, leave, (ledger) -> CompletableFuture.completedFuture(0));
		Until.waiting(this.processor);
		this.processor.interrupt();
		Until.until("the interrupt to be seen", () -> !this.processor.isInterrupted());
		assertThat(this.processor.isAlive()).isTrue();
		leave.countDown();
		assertThat(this.processor.join(Duration.ofSeconds(20))).isTrue();
		assertThat(this.interrupted).isTrue();
	}

	/** Has a read begun by a processing on a thread of its own, with a call behind it. */
	private CompletableFuture<Integer> startRead(Deferred<Ledger> manual, CountDownLatch inside, CountDownLatch leave,
			Function<Deferred<Ledger>, CompletableFuture<Integer>> behind) throws InterruptedException {
		manual.oneway().hold(inside, leave);
		CompletableFuture<Integer> next = behind.apply(manual);
		this.processor = Thread.ofPlatform().daemon().start(() -> {
			manual.calls().process();
			this.interrupted = Thread.currentThread().isInterrupted();
		});
		inside.await();
		return next;
	}

	@Test
	@DisplayName("D31 D38 a drain waits for a read that is under way, and kills the threads of those that do not end")
	void drainsWaitForReaders() throws Exception {
		GreenScheduler draining = GreenScheduler.builder().build();
		Deferred<Ledger> deferred = Deferred.of(draining, new Ledger(), options());
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		deferred.oneway().hold(inside, leave);
		inside.await();
		CompletableFuture<DrainReport> drain = CompletableFuture
			.supplyAsync(() -> draining.drain(Duration.ofSeconds(30)), (task) -> Thread.ofPlatform().start(task));
		// What must not come is given time to come.
		assertThat(catchThrowable(() -> drain.get(200, TimeUnit.MILLISECONDS))).isInstanceOf(TimeoutException.class);
		leave.countDown();
		assertThat(drain.get(40, TimeUnit.SECONDS).killed()).isEmpty();
		assertThat(drain.get().work().left()).isEmpty();
	}

	@Test
	@DisplayName("D31 D38 a handler that is closed before its reads have ended interrupts them")
	void readersAreKilledAtTheEnd() throws Exception {
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch never = new CountDownLatch(1);
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		HandlerOptions impatient = options().toBuilder().timeout(Duration.ofMillis(50)).build();
		Deferred<Ledger> closed = Deferred.of(this.scheduler, new Ledger(), impatient);
		closed.oneway().holdAndTell(inside, never, interrupted);
		inside.await();
		closed.close();
		assertThat(interrupted.get(20, TimeUnit.SECONDS)).isTrue();
	}

	/** Two numbers whose sum is zero between writes. */
	static class Ledger {

		private final List<Thread> threads = java.util.Collections.synchronizedList(new ArrayList<>());

		private final AtomicInteger inside = new AtomicInteger();

		private final AtomicInteger most = new AtomicInteger();

		private @Nullable Ledger self;

		private @Nullable Detour detour;

		private int one;

		private int other;

		private int writes;

		void write() {
			this.one++;
			Thread.yield();
			this.other--;
			this.writes++;
		}

		int writes() {
			return this.writes;
		}

		@ReadOnly
		int sum() {
			int seen = this.one;
			Thread.yield();
			return seen + this.other;
		}

		/** Reads until all are inside; returns whether they came. */
		@ReadOnly
		boolean meet(CountDownLatch all) {
			this.threads.add(Thread.currentThread());
			all.countDown();
			try {
				return all.await(20, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				return false;
			}
		}

		@ReadOnly
		void slowRead(int millis) {
			this.threads.add(Thread.currentThread());
			this.most.accumulateAndGet(this.inside.incrementAndGet(), Math::max);
			java.util.concurrent.locks.LockSupport.parkNanos(millis * 1_000_000L);
			this.inside.decrementAndGet();
		}

		@ReadOnly
		int readSelf() {
			return java.util.Objects.requireNonNull(this.self).sum();
		}

		@ReadOnly
		void writeSelf() {
			java.util.Objects.requireNonNull(this.self).write();
		}

		@ReadOnly
		int detour(boolean write) {
			return java.util.Objects.requireNonNull(this.detour).touch(write);
		}

		@ReadOnly
		void holdAndTell(CountDownLatch inside, CountDownLatch leave, CompletableFuture<Boolean> interrupted) {
			try {
				hold(inside, leave);
				interrupted.complete(false);
			}
			catch (InterruptedException ex) {
				interrupted.complete(true);
			}
		}

		@ReadOnly
		void hold(CountDownLatch inside, CountDownLatch leave) throws InterruptedException {
			inside.countDown();
			leave.await();
		}

	}

	/** Calls back. */
	static class Detour {

		private @Nullable Ledger ledger;

		private volatile Runnable before = () -> {
		};

		int touch(boolean write) {
			this.before.run();
			Ledger back = java.util.Objects.requireNonNull(this.ledger);
			if (write) {
				back.write();
			}
			return back.sum();
		}

	}

	/** Writes in a loop. */
	static class LoopedLedger extends Ledger {

		@ProcessingLoop
		void run(DeferredCalls calls) {
			while (!calls.isClosing()) {
				write();
				calls.process();
			}
		}

	}

}
