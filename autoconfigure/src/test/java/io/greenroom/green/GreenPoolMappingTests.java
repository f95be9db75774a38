package io.greenroom.green;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.greenroom.green.worker.Worker;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Rounds;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.greenroom.testkit.Until.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** A function over many items in a pool. */
@Timeout(60)
@CloseSchedulers
class GreenPoolMappingTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private final CountingObserver observer = new CountingObserver();

	private final GreenScheduler scheduler = GreenScheduler.builder()
		.observer(this.observer)
		.drainTimeout(Duration.ofSeconds(5))
		.build();

	@DisplayName("P09 map of 100 items on pools of 1, 2, 3 and 10 gives ordered results")
	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 10 })
	void mapIsOrdered(int size) throws Exception {
		GreenPool pool = this.scheduler.pool("p").size(size).queueCapacity(0).build();
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		List<Integer> items = IntStream.range(0, 100).boxed().toList();
		assertThat(pool.map(items, (item) -> {
			most.accumulateAndGet(inside.incrementAndGet(), Math::max);
			Thread.yield();
			inside.decrementAndGet();
			return item * item;
		})).isEqualTo(items.stream().map((item) -> item * item).toList());
		assertThat(most.get()).isBetween(1, size);
		assertThat(pool.free()).isEqualTo(size);
		assertThat(pool.queued()).isZero();
	}

	@Test
	@DisplayName("P09 a slow first item does not hold back the others, and null is a result")
	void aSlowHeadHoldsNobodyBack() throws Exception {
		GreenPool pool = this.scheduler.pool("p", 2);
		CountDownLatch others = new CountDownLatch(99);
		assertThat(pool.map(IntStream.range(0, 100).boxed().toList(), (item) -> {
			if (item == 0) {
				others.await();
				return null;
			}
			others.countDown();
			return item;
		})).hasSize(100).startsWith(null, 1, 2).endsWith(99);
	}

	@Test
	@DisplayName("P10 map over 1, 0, 2 of 1/x gives the arithmetic error; imap gives 1, that very error at its item, 0.5, end")
	void arithmeticError() throws Exception {
		ArithmeticException failure = new ArithmeticException("1/0");
		GreenFunction<Integer, Double> inverse = (item) -> {
			if (item == 0) {
				throw failure;
			}
			return 1.0 / item;
		};
		for (int size : new int[] { 1, 2, 10 }) {
			GreenPool pool = this.scheduler.pool("p", size);
			assertThatExceptionOfType(ArithmeticException.class).isThrownBy(() -> pool.map(List.of(1, 0, 2), inverse))
				.isSameAs(failure);
			try (GreenResults<Double> results = pool.imap(List.of(1, 0, 2), inverse)) {
				assertThat(results.next()).isEqualTo(1.0);
				assertThatExceptionOfType(ArithmeticException.class).isThrownBy(results::next).isSameAs(failure);
				assertThat(results.next()).isEqualTo(0.5);
				assertThat(results.hasNext()).isFalse();
				assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(results::next);
			}
			until("all slots are back", () -> pool.free() == size);
			assertThat(pool.join(Join.all().raising())).as("the failures went to the caller").isTrue();
		}
		assertThat(this.observer.failures()).isEmpty();
	}

	@DisplayName("P11 imapUnordered over sleeps 3, 2, 1 comes by completion; on a pool of 1 by input")
	@ParameterizedTest
	@EnumSource
	void imapUnordered(Worker.Mode mode) throws Exception {
		try (Worker worker = Worker.builder().mode(mode).build()) {
			assertThat(inOrderOfEnds(worker, 3, List.of(3, 2, 1))).containsExactly(1, 2, 3);
			assertThat(inOrderOfEnds(worker, 1, List.of(3, 2, 1))).containsExactly(3, 2, 1);
		}
	}

	@DisplayName("P26 step: four runs of imapUnordered over ten equal sleeps on a pool of 10 give the same order each time")
	@ParameterizedTest
	@EnumSource
	void theSameOrderEachTime(Worker.Mode mode) throws Exception {
		for (Long seed : new Long[] { null, 1L, 42L }) {
			Set<List<Integer>> orders = new HashSet<>();
			for (int run = 0; run < 4; run++) {
				Worker.Builder builder = Worker.builder().mode(mode);
				try (Worker worker = ((seed == null) ? builder : builder.seed(seed)).build()) {
					orders.add(inOrderOfEnds(worker, 10, List.of(5, 5, 5, 5, 5, 5, 5, 5, 5, 5)));
				}
			}
			assertThat(orders).hasSize(1);
		}
	}

	/** Returns the sleeps, or their indices where all are equal. */
	private static List<Integer> inOrderOfEnds(Worker worker, int size, List<Integer> sleeps) throws Exception {
		GreenPool pool = worker.scheduler().pool("p" + size, size);
		boolean equal = new HashSet<>(sleeps).size() == 1;
		return worker.wrap(() -> {
			List<Integer> seen = new ArrayList<>();
			pool.imapUnordered(IntStream.range(0, sleeps.size()).boxed().toList(), (index) -> {
				worker.sleep(Duration.ofSeconds(sleeps.get(index)));
				return equal ? index : sleeps.get(index);
			}).forEachRemaining(seen::add);
			return seen;
		});
	}

	@Test
	@DisplayName("P12 items that fail after two: map throws that error, imap both results and then it, and ends")
	void theItemsFail() throws Exception {
		IllegalStateException failure = new IllegalStateException("out of items");
		for (int size : new int[] { 1, 4 }) {
			GreenPool pool = this.scheduler.pool("p", size);
			assertThatIllegalStateException().isThrownBy(() -> pool.map(failingAfterTwo(failure), (item) -> item))
				.isSameAs(failure);
			for (GreenResults<Integer> results : List.of(pool.imap(failingAfterTwo(failure), (item) -> item),
					pool.imapUnordered(failingAfterTwo(failure), (item) -> item))) {
				assertThat(List.of(results.next(), results.next())).containsExactlyInAnyOrder(0, 1);
				assertThat(results.hasNext()).isTrue();
				assertThatIllegalStateException().isThrownBy(results::next).isSameAs(failure);
				assertThat(results.hasNext()).isFalse();
				assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(results::next);
			}
			assertThat(pool.join(Join.all().within(LONG))).isTrue();
		}
	}

	/** Returns two items whose iterator then throws. */
	static Iterable<Integer> failingAfterTwo(RuntimeException failure) {
		return () -> new Iterator<>() {

			private int next;

			@Override
			public boolean hasNext() {
				return true;
			}

			@Override
			public Integer next() {
				if (this.next == 2) {
					throw failure;
				}
				return this.next++;
			}

		};
	}

	@Test
	@DisplayName("P14 no items, no results")
	void noItems() throws Exception {
		GreenPool pool = this.scheduler.pool("p", 1);
		assertThat(pool.map(List.<Integer>of(), (item) -> item)).isEmpty();
		assertThat(pool.imap(List.<Integer>of(), (item) -> item).hasNext()).isFalse();
		assertThat(pool.imapUnordered(List.<Integer>of(), (item) -> item).hasNext()).isFalse();
	}

	@DisplayName("P15 with a look-ahead of 1 there are never more than 2 results ahead of the reader, of items without end")
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void lookAhead(boolean ordered) {
		GreenPool pool = this.scheduler.pool("p", 4);
		AtomicInteger done = new AtomicInteger();
		Iterable<Integer> endless = () -> IntStream.iterate(0, (i) -> i + 1).iterator();
		GreenFunction<Integer, Integer> count = (item) -> {
			done.incrementAndGet();
			return item;
		};
		try (GreenResults<Integer> results = ordered ? pool.imap(1, endless, count)
				: pool.imapUnordered(1, endless, count)) {
			for (int read = 1; read <= 1_000; read++) {
				assertThat(results.next()).isNotNegative();
				int handedOut = read;
				until("what may be ahead to have ended", () -> done.get() > handedOut && pool.active() == 0);
				assertThat(done.get() - read).as("ahead after %s", read).isBetween(1, 2);
			}
		}
		assertThatIllegalArgumentException().isThrownBy(() -> pool.imap(0, endless, count))
			.withMessage("The look-ahead is 0; give 1 or more");
	}

	@Test
	@DisplayName("P19 map fails: siblings are cancelled and have ended before the error leaves, and those in line never begin")
	void siblingsEndFirst() {
		GreenPool pool = this.scheduler.pool("p", 3);
		for (int round = 0; round < Rounds.of(2_000); round++) {
			failThird(pool);
		}
		assertThat(this.observer.failures()).isEmpty();
	}

	/** The third fails while two wait; its slot may go to a fourth before map hears. */
	private void failThird(GreenPool pool) {
		CountDownLatch running = new CountDownLatch(2);
		AtomicInteger cleanedUp = new AtomicInteger();
		AtomicInteger begun = new AtomicInteger();
		IllegalStateException failure = new IllegalStateException("third");
		assertThatIllegalStateException()
			.isThrownBy(() -> pool.map(IntStream.range(0, 100).boxed().toList(), (item) -> {
				begun.incrementAndGet();
				if (item == 2) {
					running.await();
					throw failure;
				}
				try {
					running.countDown();
					return this.scheduler.await(new CompletableFuture<>());
				}
				finally {
					Thread.yield();
					cleanedUp.incrementAndGet();
				}
			}))
			.isSameAs(failure);
		assertThat(cleanedUp.get()).isEqualTo(begun.get() - 1).isBetween(2, 3);
		assertThat(pool.free()).isEqualTo(3);
		assertThat(pool.queued()).isZero();
	}

	@Test
	@DisplayName("P19 10 000 maps that fail: nothing of them is left when the error leaves")
	void failingMapsLeaveNothing() {
		GreenPool pool = this.scheduler.pool("p", 2);
		AtomicInteger inside = new AtomicInteger();
		for (int round = 0; round < Rounds.of(10_000); round++) {
			int bad = round % 4;
			assertThatExceptionOfType(IllegalStateException.class)
				.isThrownBy(() -> pool.map(List.of(0, 1, 2, 3), (item) -> {
					inside.incrementAndGet();
					try {
						if (item == bad) {
							throw new IllegalStateException();
						}
						Thread.yield();
						return item;
					}
					finally {
						inside.decrementAndGet();
					}
				}));
			assertThat(inside).hasValue(0);
			assertThat(pool.free()).isEqualTo(2);
			assertThat(pool.queued()).isZero();
		}
	}

	@Test
	@DisplayName("P19 an interrupted map kills its tasks; the pool is whole")
	void interruptedMap() throws Exception {
		GreenPool pool = this.scheduler.pool("p", 2);
		GreenThread<Void> caller = this.scheduler.spawn(() -> {
			pool.map(List.of(1, 2, 3, 4, 5), (_) -> new CountDownLatch(1).await(1, TimeUnit.HOURS));
		});
		until("two at work, two in line", () -> pool.active() == 2 && pool.queued() == 2);
		caller.kill();
		assertThat(caller.join(LONG)).isTrue();
		assertThat(pool.join(Join.all().within(LONG))).isTrue();
	}

	@Test
	void closingResultsEarlyKillsTheRest() throws Exception {
		GreenPool pool = this.scheduler.pool("p", 2);
		GreenResults<Boolean> results = pool.imap(List.of(1, 2, 3, 4),
				(_) -> new CountDownLatch(1).await(1, TimeUnit.HOURS));
		until("two at work", () -> pool.active() == 2);
		results.close();
		results.close();
		assertThat(results.hasNext()).isFalse();
		assertThat(pool.join(Join.all().within(LONG))).isTrue();
	}

	@Test
	@DisplayName("P23 a mapping in a pool that closes ends with that error, after the results it has")
	void thePoolCloses() {
		GreenPool pool = this.scheduler.pool("p", 1);
		GreenResults<Integer> results = pool.imap(1, List.of(1, 2, 3), (item) -> item);
		pool.close();
		assertThat(results.next()).isEqualTo(1);
		assertThatExceptionOfType(PoolClosedException.class).isThrownBy(results::next);
		assertThat(results.hasNext()).isFalse();
		assertThatExceptionOfType(PoolClosedException.class).isThrownBy(() -> pool.map(List.of(1), (item) -> item));
		assertThatExceptionOfType(PoolClosedException.class).isThrownBy(() -> pool.apply(() -> 1));
	}

}
