package io.greenroom.deferred.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.observe.CallMode;
import io.greenroom.testkit.Rounds;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Places, and those who wait for one. */
@Timeout(60)
class MailboxCapacityTests {

	private static final long LONG = TimeUnit.MINUTES.toNanos(1);

	private static MailboxCapacity full(int capacity) {
		MailboxCapacity room = new MailboxCapacity(capacity, new MailboxWords(), System::nanoTime);
		for (int i = 0; i < capacity; i++) {
			assertThat(room.tryTake()).isTrue();
		}
		assertThat(room.tryTake()).isFalse();
		return room;
	}

	private static Waiting wait(MailboxCapacity room, long nanos) {
		return wait(room, nanos, new EmptyCall(CallMode.ONEWAY));
	}

	private static Waiting wait(MailboxCapacity room, long nanos, Call call) {
		CompletableFuture<Boolean> result = new CompletableFuture<>();
		Thread thread = Thread.ofPlatform().start(() -> {
			try {
				result.complete(room.await(nanos, call, () -> false));
			}
			catch (Throwable failure) {
				result.completeExceptionally(failure);
			}
		});
		Until.until("the thread to wait", () -> thread.getState() == Thread.State.TIMED_WAITING
				|| thread.getState() == Thread.State.WAITING || result.isDone());
		return new Waiting(thread, result);
	}

	@Test
	@DisplayName("D25 a place that somebody waits for is not given to who comes later")
	void placesAreKept() throws Exception {
		MailboxCapacity room = full(2);
		Waiting first = wait(room, LONG);
		room.give();
		assertThat(room.tryTake()).isFalse();
		assertThat(first.result.get()).isTrue();
		assertThat(room.taken()).isEqualTo(2);
		room.give();
		assertThat(room.tryTake()).isTrue();
	}

	@Test
	@DisplayName("D25 places go to those who wait in the order in which they came")
	void firstComeFirstServed() throws Exception {
		MailboxCapacity room = full(1);
		List<Waiting> line = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			line.add(wait(room, LONG));
		}
		for (int i = 0; i < 5; i++) {
			room.give();
			assertThat(line.get(i).result.get()).isTrue();
			assertThat(line.stream().filter((waiting) -> waiting.result.isDone())).hasSize(i + 1);
		}
	}

	@Test
	@DisplayName("D25 one place in a large room, for which the processor wakes nobody, is found by who waits")
	void whoWaitsLooksAgain() throws Exception {
		MailboxCapacity room = full(100);
		Waiting first = wait(room, LONG);
		room.give();
		assertThat(first.result.get()).isTrue();
	}

	@Test
	@DisplayName("D25 a wait ends with its time, also behind others, and leaves its place to them")
	void waitsEnd() throws Exception {
		MailboxCapacity room = full(1);
		Waiting first = wait(room, LONG);
		Waiting second = wait(room, TimeUnit.MILLISECONDS.toNanos(50));
		Waiting third = wait(room, LONG);
		assertThat(second.result.get()).isFalse();
		assertThat(wait(room, 0).result.get()).isFalse();
		room.give();
		assertThat(first.result.get()).isTrue();
		room.give();
		assertThat(third.result.get()).isTrue();
	}

	@Test
	@DisplayName("D27 D25 an interrupt ends a wait, and the next in the line takes over")
	void interruptsEndWaits() throws Exception {
		MailboxCapacity room = full(1);
		Waiting first = wait(room, LONG);
		Waiting second = wait(room, LONG);
		Waiting third = wait(room, LONG);
		second.thread.interrupt();
		assertThat(second.result.handle((taken, failure) -> failure).get()).isInstanceOf(InterruptedException.class);
		first.thread.interrupt();
		assertThat(first.result.handle((taken, failure) -> failure).get()).isInstanceOf(InterruptedException.class);
		room.give();
		assertThat(third.result.get()).isTrue();
	}

	@Test
	@DisplayName("D19 D25 a wait ends when its call is failed, also behind others")
	void failedCallsStopWaiting() throws Exception {
		MailboxCapacity room = full(1);
		wait(room, LONG).thread.setName("first");
		Call call = new EmptyCall(CallMode.ONEWAY);
		Waiting second = wait(room, LONG, call);
		call.fail(new IllegalStateException("deadlock"));
		assertThat(second.result.get()).isFalse();
		room.give();
	}

	@Test
	@DisplayName("D25 who leaves the line with its place wakes the next, for which there is one too")
	void leavingWakesTheNext() throws Exception {
		MailboxCapacity room = full(2);
		CountDownLatch slow = new CountDownLatch(1);
		AtomicBoolean hesitates = new AtomicBoolean();
		CompletableFuture<Boolean> first = new CompletableFuture<>();
		Thread thread = Thread.ofPlatform().start(() -> {
			try {
				first.complete(room.await(LONG, new EmptyCall(CallMode.ONEWAY), () -> hesitates.get() && hold(slow)));
			}
			catch (Throwable failure) {
				first.completeExceptionally(failure);
			}
		});
		Until.waiting(thread);
		Waiting second = wait(room, LONG);
		hesitates.set(true);
		// Wakes the first, which is slow, and then nobody, because that one is awake.
		room.give();
		room.give();
		slow.countDown();
		assertThat(first.get(20, TimeUnit.SECONDS)).isTrue();
		assertThat(second.result.get(20, TimeUnit.SECONDS)).isTrue();
	}

	private static boolean hold(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return false;
	}

	@Test
	@DisplayName("D25 the counts of a room run over, and its places stay as many")
	void countsRunOver() throws Exception {
		MailboxWords words = new MailboxWords();
		MailboxCapacity room = new MailboxCapacity(3, words, System::nanoTime);
		words.went = Integer.MAX_VALUE - 10;
		words.came = words.went;
		words.known = words.went + 3;
		for (int i = 0; i < 20; i++) {
			assertThat(room.tryTake()).isTrue();
			assertThat(room.tryTake()).isTrue();
			assertThat(room.tryTake()).isTrue();
			assertThat(room.tryTake()).isFalse();
			assertThat(room.taken()).isEqualTo(3);
			Waiting waiting = wait(room, LONG);
			room.give();
			assertThat(waiting.result.get()).isTrue();
			room.give();
			room.give();
			room.giveBack();
			assertThat(room.taken()).isZero();
		}
		assertThat(words.came).isNegative();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 3, 1000 })
	@DisplayName("D25 everybody gets a place, and there are never more than there is room for")
	void neverTooMany(int capacity) throws Exception {
		MailboxCapacity room = new MailboxCapacity(capacity, new MailboxWords(), System::nanoTime);
		int rounds = Rounds.of(50_000);
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		AtomicInteger left = new AtomicInteger(4 * rounds);
		List<CompletableFuture<Void>> takers = new ArrayList<>();
		Call call = new EmptyCall(CallMode.ONEWAY);
		for (int i = 0; i < 4; i++) {
			CompletableFuture<Void> taker = new CompletableFuture<>();
			takers.add(taker);
			Thread.startVirtualThread(() -> {
				try {
					for (int k = 0; k < rounds; k++) {
						assertThat(room.tryTake() || room.await(LONG, call, () -> false)).isTrue();
						most.accumulateAndGet(inside.incrementAndGet(), Math::max);
					}
					taker.complete(null);
				}
				catch (Throwable failure) {
					taker.completeExceptionally(failure);
				}
			});
		}
		CompletableFuture<Void> all = CompletableFuture.allOf(takers.toArray(CompletableFuture[]::new));
		while (left.get() > 0 && !all.isCompletedExceptionally()) {
			if (inside.get() > 0) {
				inside.decrementAndGet();
				left.decrementAndGet();
				room.give();
			}
			else {
				room.wakeFirst();
				Thread.yield();
			}
		}
		all.get();
		assertThat(most).hasValueLessThanOrEqualTo(capacity);
		assertThat(room.taken()).isZero();
	}

	/** Somebody who waits. */
	private record Waiting(Thread thread, CompletableFuture<Boolean> result) {

	}

}
