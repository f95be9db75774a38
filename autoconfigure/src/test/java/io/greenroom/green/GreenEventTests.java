package io.greenroom.green;

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.testkit.Collected;
import io.greenroom.testkit.Rounds;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Events, with waiters of both kinds of thread. */
@Timeout(120)
class GreenEventTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private final GreenEvent event = new GreenEvent();

	@Test
	@DisplayName("E01 set then clear at once releases everyone who waits")
	void setThenClearReleasesAll() throws Exception {
		List<Thread> waiters = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			waiters.add(Thread.startVirtualThread(this::awaitQuietly));
		}
		waiters.forEach((waiter) -> Until.parkedIn(GreenEvent.class, waiter));
		this.event.set();
		this.event.clear();
		Until.ended(waiters);
		assertThat(this.event.isSet()).isFalse();
		assertThat(this.event.await(Duration.ZERO)).isFalse();
	}

	@Test
	@DisplayName("E01 clearing an event that is not set forgets nobody")
	void clearWithoutSetForgetsNobody() throws Exception {
		Thread waiter = Until.parkedIn(GreenEvent.class, Thread.startVirtualThread(this::awaitQuietly));
		this.event.clear();
		this.event.set();
		Until.ended(List.of(waiter));
	}

	@Test
	@DisplayName("E01 10 000 rounds of set then clear, with four waiters who may come before, between or after")
	void setThenClearNeverLosesWhoWaited() throws Exception {
		int rounds = 10_000;
		GreenEvent[] turns = new GreenEvent[rounds];
		CyclicBarrier together = new CyclicBarrier(5);
		AtomicInteger[] arrived = new AtomicInteger[rounds];
		for (int i = 0; i < rounds; i++) {
			turns[i] = new GreenEvent();
			arrived[i] = new AtomicInteger();
		}
		AtomicInteger missed = new AtomicInteger();
		List<Thread> waiters = new ArrayList<>();
		for (int waiter = 0; waiter < 4; waiter++) {
			waiters.add(Thread.startVirtualThread(() -> {
				for (int i = 0; i < rounds; i++) {
					meet(together);
					try {
						// Announced first: the setter clears only once all four are on
						// their way, so each is in time for the first or the second set.
						arrived[i].incrementAndGet();
						if (!turns[i].await(LONG)) {
							missed.incrementAndGet();
						}
					}
					catch (InterruptedException ex) {
						missed.incrementAndGet();
					}
				}
			}));
		}
		for (int i = 0; i < rounds; i++) {
			meet(together);
			turns[i].set();
			turns[i].clear();
			AtomicInteger here = arrived[i];
			Until.until("four waiters on their way", () -> here.get() == 4);
			turns[i].set();
		}
		Until.ended(waiters);
		assertThat(missed).hasValue(0);
	}

	@Test
	@DisplayName("E02 a wait with a limit is false when it is over, true when the flag was set")
	void limitedWaitTellsWhetherItWasSet() throws Exception {
		assertThat(this.event.await(Duration.ofMillis(10))).isFalse();
		assertThat(this.event.await(Duration.ZERO)).isFalse();
		this.event.set();
		assertThat(this.event.await(Duration.ZERO)).isTrue();
		assertThat(this.event.await(LONG)).isTrue();
		this.event.await();
		assertThat(this.event.isSet()).isTrue();
		this.event.set();
		assertThat(this.event.isSet()).isTrue();
		this.event.clear();
		this.event.clear();
		assertThat(this.event.isSet()).isFalse();
	}

	@Test
	@DisplayName("E02 waiters are released in the order of their arrival")
	void releasesInOrderOfArrival() throws Exception {
		List<Thread> waiters = new ArrayList<>();
		List<Integer> inOrder = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			int number = i;
			CountDownLatch passed = new CountDownLatch(1);
			Thread waiter = Thread.startVirtualThread(() -> {
				awaitQuietly();
				passed.countDown();
			});
			waiters.add(Until.parkedIn(GreenEvent.class, waiter));
			// The next in line holds the release up until the waiter before it is out.
			this.event.onReady(() -> {
				if (passes(passed)) {
					inOrder.add(number);
				}
			});
		}
		this.event.set();
		Until.ended(waiters);
		assertThat(inOrder).hasSize(50).isSorted();
	}

	@Test
	@DisplayName("E05 a platform thread wakes a virtual one and the reverse, 10 000 times")
	void everyKindOfThreadWakesEveryOther() throws Exception {
		int rounds = 10_000;
		GreenEvent ping = new GreenEvent();
		GreenEvent pong = new GreenEvent();
		AtomicInteger missed = new AtomicInteger();
		Thread virtual = Thread.ofVirtual().start(() -> {
			for (int i = 0; i < rounds; i++) {
				count(ping, missed);
				ping.clear();
				pong.set();
			}
		});
		Thread platform = Thread.ofPlatform().start(() -> {
			for (int i = 0; i < rounds; i++) {
				ping.set();
				count(pong, missed);
				pong.clear();
			}
		});
		Until.ended(List.of(virtual, platform));
		assertThat(missed).hasValue(0);
	}

	@Test
	@DisplayName("E01 clears and sets from everywhere hold nobody back once it stays set, 10 000 rounds")
	void racingSettersAndClearers() throws Exception {
		AtomicBoolean over = new AtomicBoolean();
		List<Thread> others = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			others.add(Thread.startVirtualThread(() -> {
				for (int round = 0; round < Rounds.of(10_000); round++) {
					this.event.set();
					this.event.clear();
					Thread.yield();
				}
			}));
		}
		Thread waiter = Thread.startVirtualThread(() -> {
			while (!over.get()) {
				awaitQuietly();
			}
		});
		Until.ended(others);
		over.set(true);
		this.event.set();
		Until.ended(List.of(waiter));
	}

	@Test
	@DisplayName("E02 a wait that was interrupted, or is over, leaves nothing behind")
	void interruptedWaitThrows() throws Exception {
		AtomicBoolean thrown = new AtomicBoolean();
		Thread waiter = Thread.startVirtualThread(() -> {
			try {
				this.event.await();
			}
			catch (InterruptedException ex) {
				thrown.set(!Thread.currentThread().isInterrupted());
			}
		});
		Until.parkedIn(GreenEvent.class, waiter).interrupt();
		Until.ended(List.of(waiter));
		assertThat(thrown).isTrue();
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> this.event.await(LONG));
		assertThat(Thread.interrupted()).isFalse();
	}

	@Test
	@DisplayName("E02 a thread whose wait is over, or was interrupted, is forgotten by an event that is never set")
	void endedWaitsAreForgotten() throws Exception {
		GreenEvent never = new GreenEvent();
		List<Reference<Thread>> threads = List.of(ended(never, Duration.ofMillis(1), false),
				ended(never, Duration.ofHours(1), true));
		Collected.await("threads that do not wait any more", threads);
		assertThat(never.isSet()).isFalse();
	}

	private static Reference<Thread> ended(GreenEvent event, Duration limit, boolean interrupted) throws Exception {
		Thread thread = Thread.ofPlatform().start(() -> {
			try {
				event.await(limit);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		if (interrupted) {
			Until.parkedIn(GreenEvent.class, thread).interrupt();
		}
		thread.join();
		return new WeakReference<>(thread);
	}

	@Test
	@DisplayName("G26 a negative limit is an error")
	void negativeLimitIsAnError() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.event.await(Duration.ofMillis(-1)))
			.withMessageContaining("limit")
			.withMessageContaining("PT-0.001S");
	}

	@Test
	void saysWhetherItIsSet() {
		assertThat(this.event).hasToString("GreenEvent[not set]");
		this.event.set();
		assertThat(this.event).hasToString("GreenEvent[set]");
	}

	private static void count(GreenEvent event, AtomicInteger missed) {
		try {
			if (!event.await(LONG)) {
				missed.incrementAndGet();
			}
		}
		catch (InterruptedException ex) {
			missed.incrementAndGet();
		}
	}

	private static void meet(CyclicBarrier barrier) {
		try {
			barrier.await(20, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static boolean passes(CountDownLatch latch) {
		try {
			return latch.await(20, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	private void awaitQuietly() {
		try {
			this.event.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
