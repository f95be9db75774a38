package io.greenroom.deferred;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.WaitedFor;
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

/** Handlers that call each other: circles, chains, deadlines and interrupts. */
@Timeout(120)
@CloseSchedulers
class DeadlockTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(5)).build();

	private final Node a = new Node();

	private final Node b = new Node();

	private final Node c = new Node();

	/** Overridden where all of this is to hold with other options too. */
	HandlerOptions options() {
		return HandlerOptions.defaults();
	}

	private Deferred<Node> handler(String name, Node node) {
		return Deferred.of(this.scheduler, node, options().toBuilder().name(name).build());
	}

	@Test
	@DisplayName("D19 a circle of one chain is rejected at once, naming handlers, methods and call sites")
	void circlesOfOneChain() {
		Deferred<Node> first = handler("a", this.a);
		Deferred<Node> second = handler("b", this.b);
		Deferred<Node> third = handler("c", this.c);
		this.a.next = second.sync();
		this.b.next = third.sync();
		this.c.next = first.sync();
		assertThatExceptionOfType(DeferredDeadlockException.class).isThrownBy(first.sync()::relay)
			.withMessageContaining("c.relay waits for a.relay")
			.withMessageContaining("a.relay waits for b.relay")
			.withMessageContaining("b.relay waits for c.relay")
			.satisfies(
					(circle) -> assertThat(circle.getMessage().lines().filter((line) -> line.contains(" waits for ")))
						.hasSize(3)
						.allMatch((line) -> line
							.contains(" at io.greenroom.deferred.DeadlockTests$Node.relay(DeadlockTests.java:")));
		assertThat(first.sync().answer()).isEqualTo(42);
		assertThat(third.sync().answer()).isEqualTo(42);
	}

	@Test
	@DisplayName("D19 two independent chains that meet head on never hang, and one of them at least is rejected (10000 rounds)")
	void circlesOfTwoChains() throws Exception {
		Deferred<Node> first = handler("a", this.a);
		Deferred<Node> second = handler("b", this.b);
		this.a.next = second.sync();
		this.b.next = first.sync();
		CyclicBarrier barrier = new CyclicBarrier(2);
		int rejected = 0;
		int rounds = Rounds.of(10_000);
		for (int round = 0; round < rounds; round++) {
			CompletableFuture<@Nullable Throwable> one = outcome(() -> first.sync().meet(barrier));
			CompletableFuture<@Nullable Throwable> other = outcome(() -> second.sync().meet(barrier));
			List<Throwable> failures = new ArrayList<>();
			for (CompletableFuture<@Nullable Throwable> outcome : List.of(one, other)) {
				Throwable failure = outcome.get(20, TimeUnit.SECONDS);
				if (failure != null) {
					failures.add(failure);
				}
			}
			assertThat(failures).isNotEmpty().allMatch(DeferredDeadlockException.class::isInstance);
			rejected += failures.size();
		}
		assertThat(rejected).isBetween(rounds, 2 * rounds);
	}

	private static CompletableFuture<@Nullable Throwable> outcome(Supplier<Integer> call) {
		CompletableFuture<@Nullable Throwable> outcome = new CompletableFuture<>();
		Thread.startVirtualThread(() -> outcome.complete(catchThrowable(call::get)));
		return outcome;
	}

	@Test
	@DisplayName("D19 handlers that call each other without a circle are never rejected (2000 rounds, 3 handlers)")
	void noFalseAlarms() throws Exception {
		Deferred<Node> first = handler("a", this.a);
		Deferred<Node> second = handler("b", this.b);
		Deferred<Node> third = handler("c", this.c);
		this.a.next = second.sync();
		this.b.next = third.sync();
		List<CompletableFuture<@Nullable Throwable>> outcomes = new ArrayList<>();
		for (int round = 0; round < Rounds.of(2_000); round++) {
			outcomes.add(outcome(first.sync()::relay));
			outcomes.add(outcome(second.sync()::relay));
			outcomes.add(outcome(third.sync()::answer));
		}
		for (CompletableFuture<@Nullable Throwable> outcome : outcomes) {
			assertThat(outcome.get(20, TimeUnit.SECONDS)).isNull();
		}
	}

	@Test
	@DisplayName("D19 a reentrant handler lets a call of its own chain in, on its own thread")
	void reentrantHandlers() {
		Deferred<Node> first = Deferred.of(this.scheduler, this.a, options().toBuilder().reentrant(true).build());
		Deferred<Node> second = handler("b", this.b);
		this.a.next = second.sync();
		this.b.next = first.sync();
		assertThat(first.sync().relayOnce()).isEqualTo(42);
		assertThat(this.a.threads).hasSize(2).allMatch((thread) -> thread == this.a.threads.getFirst());
		assertThat(this.a.threads.getFirst()).isSameAs(first.sync(Duration.ofSeconds(20)).thread());
	}

	@Test
	@DisplayName("D19 a reentrant handler does not let in a call of another chain, which is rejected")
	void reentrantHandlersKeepOthersOut() throws Exception {
		Deferred<Node> first = Deferred.of(this.scheduler, this.a,
				options().toBuilder().name("a").reentrant(true).build());
		Deferred<Node> second = handler("b", this.b);
		this.a.next = second.sync();
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		CompletableFuture<Integer> other = second.async((node) -> {
			inside.countDown();
			Until.until("the other chain to wait", () -> leave.getCount() == 0);
			return first.sync().answer();
		});
		inside.await();
		CompletableFuture<Thread> relaying = new CompletableFuture<>();
		CompletableFuture<@Nullable Throwable> one = outcome(() -> first.sync().relay(relaying));
		Until.parkedIn(WaitedFor.class, relaying.get(20, TimeUnit.SECONDS));
		leave.countDown();
		assertThat(catchThrowable(() -> other.get(20, TimeUnit.SECONDS)))
			.hasCauseInstanceOf(DeferredDeadlockException.class);
		assertThat(one.get(20, TimeUnit.SECONDS)).isNull();
	}

	@Test
	@DisplayName("D25 two handlers that oneway each other 100000 times end")
	void onewayPingPong() throws Exception {
		HandlerOptions tight = options().toBuilder().capacity(4).build();
		Deferred<Node> first = Deferred.of(this.scheduler, this.a, tight.toBuilder().name("a").build());
		Deferred<Node> second = Deferred.of(this.scheduler, this.b, tight.toBuilder().name("b").build());
		this.a.next = second.oneway();
		this.b.next = first.oneway();
		CompletableFuture<Object> ended = new CompletableFuture<>();
		for (int balls = 0; balls < 3; balls++) {
			first.oneway().bounce(100_000, ended);
		}
		assertThat(ended.get(60, TimeUnit.SECONDS)).isEqualTo("ended");
	}

	@Test
	@DisplayName("D25 a circle of waits for room is rejected at once")
	void circlesOfRoom() throws Exception {
		HandlerOptions tight = options().toBuilder().capacity(1).timeout(Duration.ofSeconds(60)).build();
		Deferred<Node> first = Deferred.of(this.scheduler, this.a, tight.toBuilder().name("a").build());
		Deferred<Node> second = Deferred.of(this.scheduler, this.b, tight.toBuilder().name("b").build());
		this.a.next = second.oneway();
		this.b.next = first.oneway();
		CyclicBarrier barrier = new CyclicBarrier(2);
		CompletableFuture<@Nullable Throwable> one = outcome(() -> first.sync().flood(barrier));
		CompletableFuture<@Nullable Throwable> other = outcome(() -> second.sync().flood(barrier));
		List<@Nullable Throwable> outcomes = java.util.Arrays.asList(one.get(20, TimeUnit.SECONDS),
				other.get(20, TimeUnit.SECONDS));
		assertThat(outcomes).anyMatch(DeferredDeadlockException.class::isInstance)
			.allMatch((outcome) -> outcome == null || outcome instanceof DeferredDeadlockException);
	}

	@Test
	@DisplayName("D26 a call made inside a timed call has no more time than that")
	void deadlinesAreInherited() throws Exception {
		Deferred<Node> first = handler("a", this.a);
		Deferred<Node> second = handler("b", this.b);
		this.a.next = second.sync(Duration.ofSeconds(60));
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		second.oneway().hold(inside, leave);
		inside.await();
		long start = System.nanoTime();
		assertThatExceptionOfType(DeferredTimeoutException.class).isThrownBy(first.sync(Duration.ofMillis(100))::relay);
		// The inner call has given up as well, so the outer handler is free.
		assertThat(first.sync(Duration.ofSeconds(20)).answer()).isEqualTo(42);
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
		leave.countDown();
	}

	@Test
	@DisplayName("D10 a body whose caller has left is interrupted where that is declared, and only that body")
	void bodiesAreInterruptedWhereDeclared() {
		Deferred<Node> eager = Deferred.of(this.scheduler, this.a,
				options().toBuilder().onTimeout(OnTimeout.INTERRUPT).build());
		for (int round = 0; round < 50; round++) {
			assertThatExceptionOfType(DeferredTimeoutException.class)
				.isThrownBy(() -> eager.sync(Duration.ofMillis(2)).hold(new CountDownLatch(1), new CountDownLatch(1)))
				.withMessageContaining("has been");
			assertThat(eager.sync().isInterrupted()).isFalse();
		}
	}

	@Test
	@DisplayName("D09 a timed call changes no other call's timeout; D10 a call withdrawn while queued never runs")
	void withdrawnCallsNeverRun() throws Exception {
		Deferred<Node> first = handler("a", this.a);
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch leave = new CountDownLatch(1);
		first.oneway().hold(inside, leave);
		inside.await();
		CompletableFuture<@Nullable Throwable> patient = outcome(first.sync()::answer);
		for (int i = 0; i < 100; i++) {
			assertThatExceptionOfType(DeferredTimeoutException.class)
				.isThrownBy(first.sync(Duration.ofNanos(1 + i))::count);
		}
		leave.countDown();
		assertThat(patient.get(20, TimeUnit.SECONDS)).isNull();
		assertThat(first.sync().count()).isEqualTo(1);
	}

	/** Calls its neighbour. */
	static class Node {

		@Nullable Node next;

		final List<Thread> threads = new ArrayList<>();

		private int count;

		private Node next() {
			return java.util.Objects.requireNonNull(this.next);
		}

		int relay() {
			return (this.next != null) ? this.next.relay() : 42;
		}

		int relay(CompletableFuture<Thread> by) {
			by.complete(Thread.currentThread());
			return relay();
		}

		int relayOnce() {
			this.threads.add(Thread.currentThread());
			return (this.threads.size() == 2) ? 42 : next().relayOnce();
		}

		int meet(CyclicBarrier barrier) {
			try {
				barrier.await();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
			return next().answer();
		}

		int flood(CyclicBarrier barrier) {
			try {
				barrier.await();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
			next().answer();
			next().answer();
			return next().answer();
		}

		void bounce(int left, CompletableFuture<Object> ended) {
			if (left == 0) {
				ended.complete("ended");
			}
			else {
				next().bounce(left - 1, ended);
			}
		}

		void hold(CountDownLatch inside, CountDownLatch leave) throws InterruptedException {
			inside.countDown();
			leave.await();
		}

		boolean isInterrupted() {
			return Thread.currentThread().isInterrupted();
		}

		Thread thread() {
			return Thread.currentThread();
		}

		int answer() {
			return 42;
		}

		int count() {
			return ++this.count;
		}

	}

}
