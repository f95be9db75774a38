package io.greenroom.green;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.greenroom.green.worker.Worker;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Race;
import io.greenroom.testkit.Rounds;
import io.greenroom.testkit.Until;
import io.greenroom.testkit.Unusual;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static io.greenroom.testkit.Until.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Where the items of a mapping come from, and when there are none yet. */
@Timeout(120)
@CloseSchedulers
class GreenMappingSourceTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(5)).build();

	/** Pools of one and more slots and a group, each in both orders. */
	enum Way {

		POOL_ORDERED, POOL_UNORDERED, POOL_OF_ONE_ORDERED, POOL_OF_ONE_UNORDERED, GROUP_ORDERED, GROUP_UNORDERED;

		<A, R> GreenResults<R> map(GreenScheduler scheduler, Iterable<A> items, GreenFunction<A, R> function) {
			return switch (this) {
				case POOL_ORDERED -> scheduler.pool("p", 4).imap(2, items, function);
				case POOL_UNORDERED -> scheduler.pool("p", 4).imapUnordered(2, items, function);
				case POOL_OF_ONE_ORDERED -> scheduler.pool("p", 1).imap(1, items, function);
				case POOL_OF_ONE_UNORDERED -> scheduler.pool("p", 1).imapUnordered(1, items, function);
				case GROUP_ORDERED -> scheduler.group().imap(items, function);
				case GROUP_UNORDERED -> scheduler.group().imapUnordered(items, function);
			};
		}

	}

	/** Sources that wait for ever for an item which nobody has put. */
	private static final class Waiting<A> implements Iterable<A> {

		private final BlockingQueue<A> queue = new LinkedBlockingQueue<>();

		private volatile @Nullable Thread puller;

		@SafeVarargs
		Waiting(A... items) {
			for (A item : items) {
				this.queue.add(item);
			}
		}

		@Override
		public Iterator<A> iterator() {
			return new Iterator<>() {

				@Override
				public boolean hasNext() {
					return true;
				}

				@Override
				public A next() {
					Waiting.this.puller = Thread.currentThread();
					try {
						return Waiting.this.queue.take();
					}
					catch (InterruptedException ex) {
						throw new IllegalStateException("interrupted", ex);
					}
				}

			};
		}

	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("F17 each result is handed out while its source has no next item yet, one by one")
	void oneByOne(Way way) {
		Waiting<Integer> source = new Waiting<>();
		try (GreenResults<Integer> results = way.map(this.scheduler, source, (item) -> -item)) {
			for (int item = 1; item <= 200; item++) {
				source.queue.add(item);
				assertThat(results.hasNext()).isTrue();
				assertThat(results.next()).isEqualTo(-item);
			}
		}
		nobodyIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("F17 a source whose iterator() or hasNext() waits keeps neither the creation nor a close")
	void waitsEarly(Way way) {
		Iterable<Integer> never = () -> {
			awaitForEver();
			throw new AssertionError();
		};
		way.map(this.scheduler, never, (item) -> item).close();
		CountDownLatch asked = new CountDownLatch(1);
		Iterable<Integer> neverHasNext = () -> new Iterator<>() {

			@Override
			public boolean hasNext() {
				asked.countDown();
				awaitForEver();
				return false;
			}

			@Override
			public Integer next() {
				throw new NoSuchElementException();
			}

		};
		GreenResults<Integer> results = way.map(this.scheduler, neverHasNext, (item) -> item);
		until("the source to be asked", () -> asked.getCount() == 0);
		results.close();
		assertThat(results.hasNext()).isFalse();
		assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(results::next);
		nobodyIsLeft();
	}

	private static void awaitForEver() {
		try {
			new CountDownLatch(1).await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("F17 a GreenQueue as the source: its items are mapped as they come, and its close ends the results")
	void greenQueue(Way way) throws Exception {
		GreenQueue<Integer> queue = new GreenQueue<>(10);
		try (GreenResults<Integer> results = way.map(this.scheduler, queue, (item) -> item + 1)) {
			queue.put(1);
			assertThat(results.next()).isEqualTo(2);
			queue.put(2);
			assertThat(results.next()).isEqualTo(3);
			queue.close();
			assertThat(results.hasNext()).isFalse();
		}
		nobodyIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("F17 an interrupted reader loses nothing: the results go on afterwards")
	void interruptedReader(Way way) {
		Waiting<Integer> source = new Waiting<>();
		try (GreenResults<Integer> results = way.map(this.scheduler, source, (item) -> item)) {
			Thread.currentThread().interrupt();
			assertThatExceptionOfType(InterruptedException.class).isThrownBy(results::next);
			Thread.currentThread().interrupt();
			assertThatExceptionOfType(InterruptedException.class).isThrownBy(results::hasNext);
			source.queue.add(1);
			assertThat(results.next()).isEqualTo(1);
		}
		nobodyIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("F17 a close by another thread ends the wait of the reader")
	void closedMeanwhile(Way way) throws Exception {
		Waiting<Integer> source = new Waiting<>();
		GreenResults<Integer> results = way.map(this.scheduler, source, (item) -> item);
		AtomicReference<Throwable> seen = new AtomicReference<>();
		Thread reader = Thread.ofVirtual().start(() -> seen.set(catchThrowable(results::next)));
		Until.parkedIn(Mapping.class, reader);
		results.close();
		Until.ended(List.of(reader));
		assertThat(seen.get()).isInstanceOf(NoSuchElementException.class);
		nobodyIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("F01 F17 a source that throws anything gives its results, then that object, then ends; a group kills what is begun")
	void throwsAnything(Way way) {
		for (Unusual failure : Unusual.values()) {
			for (int place = 0; place < 3; place++) {
				GreenResults<Integer> results = way.map(this.scheduler, throwing(failure, place), (item) -> item);
				Throwable thrown = null;
				int got = 0;
				while (thrown == null) {
					try {
						assertThat(results.hasNext()).isTrue();
						results.next();
						got++;
					}
					catch (AssertionError broken) {
						if (failure != Unusual.ERROR) {
							throw broken;
						}
						thrown = broken;
					}
					catch (Throwable other) {
						thrown = other;
					}
				}
				assertThat(got).as("results before %s at %s", failure, place).isBetween(0, (place == 2) ? 1 : 0);
				assertThat(thrown.getClass()).isEqualTo(classOf(failure));
				assertThat(results.hasNext()).isFalse();
				assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(results::next);
			}
		}
		assertThat(Thread.interrupted()).isFalse();
		nobodyIsLeft();
	}

	private static Class<?> classOf(Unusual failure) {
		try {
			return failure.raise();
		}
		catch (Throwable thrown) {
			return thrown.getClass();
		}
	}

	/** Fails in iterator(), in hasNext(), or in the next() after one item. */
	private static Iterable<Integer> throwing(Unusual failure, int place) {
		return () -> (place == 0) ? failure.raise() : new Iterator<>() {

			private int given;

			@Override
			public boolean hasNext() {
				return (place == 1) ? failure.raise() : true;
			}

			@Override
			public Integer next() {
				return (this.given == 1) ? failure.raise() : this.given++;
			}

		};
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("F17 a source that overflows its stack is only a source that fails")
	void overflows(Way way) {
		Iterable<Integer> endless = new Iterable<>() {

			@Override
			public Iterator<Integer> iterator() {
				return iterator();
			}

		};
		try (GreenResults<Integer> results = way.map(this.scheduler, endless, (item) -> item)) {
			assertThatExceptionOfType(StackOverflowError.class).isThrownBy(results::next);
			assertThat(results.hasNext()).isFalse();
		}
		nobodyIsLeft();
	}

	static Stream<Function<GreenPool, Iterable<Integer>>> sourcesOfAMember() {
		return Stream.of((pool) -> List.of(1, 2, 3), (pool) -> () -> List.of(1, 2, 3).iterator(),
				(pool) -> new Waiting<>(1, 2, 3),
				// Sources that need the member's own slot.
				(pool) -> () -> pool.imap(() -> Stream.of(1, 2, 3).iterator(), (item) -> item),
				(pool) -> () -> pool.imap(1, () -> List.of(1, 2, 3).iterator(), (item) -> item),
				(pool) -> () -> Stream.of(1, 2, 3).map((item) -> inSlot(pool, item)).iterator());
	}

	private static Integer inSlot(GreenPool pool, Integer item) {
		try {
			return pool.apply(() -> item);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@ParameterizedTest
	@MethodSource("sourcesOfAMember")
	@DisplayName("F17 P06 a member of a full pool reads a mapping of its own pool, whatever the source waits for")
	void aMemberReads(Function<GreenPool, Iterable<Integer>> source) throws Exception {
		for (int size = 1; size <= 3; size++) {
			GreenPool pool = this.scheduler.pool("p", size);
			for (int round = 0; round < 50; round++) {
				GreenThread<List<Integer>> task = pool.spawn(() -> {
					try (GreenResults<Integer> results = pool.imap(1, source.apply(pool), (item) -> item * 10)) {
						return List.of(results.next(), results.next(), results.next());
					}
				});
				assertThat(task.get(Duration.ofSeconds(20))).containsExactly(10, 20, 30);
				try (Slot _ = pool.enter(Duration.ofSeconds(20));
						GreenResults<Integer> results = pool.imapUnordered(source.apply(pool), (item) -> item * 10)) {
					assertThat(List.of(results.next(), results.next(), results.next())).containsExactlyInAnyOrder(10,
							20, 30);
				}
			}
			until("all slots to be back", () -> pool.active() == 0 && pool.queued() == 0);
		}
		until("nobody to be left", () -> this.scheduler.dump(0).threads().isEmpty());
	}

	@Test
	@DisplayName("F17 P15 however slowly a source gives, no more are begun than the look-ahead allows")
	void bound() {
		GreenPool pool = this.scheduler.pool("p", 10);
		AtomicInteger begun = new AtomicInteger();
		Waiting<Integer> source = new Waiting<>();
		IntStream.range(0, 1_000).forEach(source.queue::add);
		try (GreenResults<Integer> results = pool.imap(3, source, (item) -> {
			begun.incrementAndGet();
			return item;
		})) {
			for (int read = 0; read < 900; read++) {
				assertThat(results.next()).isEqualTo(read);
				assertThat(begun.get() - read - 1).isLessThanOrEqualTo(3);
			}
		}
		nobodyIsLeft();
	}

	@Test
	@DisplayName("F05 F17 a mapping that nobody reads on keeps no thread, unless its source does")
	void nobodyReads() {
		for (int i = 0; i < 100; i++) {
			this.scheduler.pool("p" + i, 2).imap(1, () -> IntStream.iterate(0, (n) -> n + 1).iterator(), (n) -> n);
		}
		nobodyIsLeft();
	}

	@Test
	@DisplayName("F17 G20 what is begun beside the reader is the reader's child all the same")
	void childrenOfTheReader() throws Exception {
		GreenThread<Void> reader = this.scheduler.spawn(() -> {
			GreenThread<?> self = GreenThread.current();
			self.treeLocals().put("tenant", "a");
			for (GreenResults<Object> results : List.of(
					this.scheduler.pool("p", 2)
						.<Integer, Object>imap(() -> List.of(1).iterator(),
								(item) -> GreenThread.current().parent() == self
										? GreenThread.current().treeLocals().get("tenant") : "nobody's"),
					this.scheduler.group()
						.<Integer, Object>imap(() -> List.of(1).iterator(),
								(item) -> GreenThread.current().parent() == self
										? GreenThread.current().treeLocals().get("tenant") : "nobody's"))) {
				assertThat(results.next()).isEqualTo("a");
			}
		});
		reader.get();
	}

	@Test
	@DisplayName("F17 a source that reads its own results is rejected rather than left waiting")
	void readsItself() {
		AtomicReference<GreenResults<Integer>> results = new AtomicReference<>();
		CountDownLatch made = new CountDownLatch(1);
		results.set(this.scheduler.group().imap(() -> {
			awaitLatch(made);
			return List.of(results.get().next()).iterator();
		}, (item) -> item));
		made.countDown();
		assertThatIllegalStateException().isThrownBy(() -> results.get().next())
			.withMessageContaining("would wait for its results");
	}

	private static void awaitLatch(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	@DisplayName("F03 F17 there can be no thread for reading the items: the reader is told, and nobody is left")
	void noThreadForThePuller() {
		ThreadShortage shortage = new ThreadShortage();
		try (GreenScheduler scarce = shortage.on(GreenScheduler.builder()).build()) {
			for (Way way : Way.values()) {
				shortage.begin();
				Throwable thrown = catchThrowable(
						() -> way.map(scarce, () -> List.of(1).iterator(), (item) -> item).next());
				shortage.end();
				assertThat(thrown).as(way.name()).isInstanceOf(OutOfMemoryError.class);
			}
			until("nobody to be left", () -> scarce.dump(0).threads().isEmpty());
		}
	}

	@Test
	@DisplayName("F17 closing races with a source that gives: 3 000 rounds leave nobody behind")
	void closeRaces() throws Exception {
		GreenPool pool = this.scheduler.pool("p", 2);
		GreenGroup group = this.scheduler.group();
		Race.run(Rounds.of(3_000), (round) -> {
			Waiting<Integer> source = new Waiting<>();
			GreenFunction<Integer, Integer> wait = (item) -> {
				awaitForEver();
				return item;
			};
			GreenResults<Integer> results = (round % 2 == 0) ? pool.imapUnordered(2, source, wait)
					: group.imap(source, wait);
			return new Race.Round(List.of(() -> source.queue.addAll(List.of(1, 2, 3)), results::close),
					() -> until("all to be gone", () -> pool.active() == 0 && pool.queued() == 0 && group.size() == 0));
		});
		nobodyIsLeft();
	}

	@Test
	@DisplayName("F17 the results come in their order, however the source and the work are delayed: 300 rounds")
	void inOrder() {
		GreenPool pool = this.scheduler.pool("p", 3);
		for (int round = 0; round < 300; round++) {
			Waiting<Integer> source = new Waiting<>();
			Thread.ofVirtual().start(() -> IntStream.range(0, 20).forEach((item) -> {
				Thread.yield();
				source.queue.add(item);
			}));
			boolean ordered = round % 2 == 0;
			List<Integer> got = new ArrayList<>();
			GreenFunction<Integer, Integer> work = (item) -> {
				Thread.yield();
				return item;
			};
			try (GreenResults<Integer> results = ordered ? pool.imap(4, source, work)
					: pool.imapUnordered(4, source, work)) {
				for (int i = 0; i < 20; i++) {
					got.add(results.next());
				}
			}
			Integer[] all = IntStream.range(0, 20).boxed().toArray(Integer[]::new);
			if (ordered) {
				assertThat(got).containsExactly(all);
			}
			else {
				assertThat(got).containsExactlyInAnyOrder(all);
			}
		}
		nobodyIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("F17 P26 a worker's routine reads from a source that has no item yet, in the same order each time")
	void inAWorker(Worker.Mode mode) throws Exception {
		List<List<Integer>> runs = new ArrayList<>();
		for (int run = 0; run < 4; run++) {
			try (Worker worker = Worker.builder().mode(mode).seed(7).build()) {
				GreenPool pool = worker.scheduler().pool("p", 3);
				GreenQueue<Integer> queue = new GreenQueue<>(1);
				worker.assign(() -> {
					for (int item = 0; item < 10; item++) {
						worker.sleep(Duration.ofSeconds(1));
						queue.put(item);
					}
					queue.close();
				});
				runs.add(worker.wrap(() -> {
					List<Integer> seen = new ArrayList<>();
					pool.imapUnordered(queue, (item) -> {
						worker.sleep(Duration.ofSeconds(item % 3));
						return item;
					}).forEachRemaining(seen::add);
					return seen;
				}));
			}
		}
		assertThat(runs.getFirst()).hasSize(10);
		assertThat(runs).allMatch(runs.getFirst()::equals);
	}

	private void nobodyIsLeft() {
		until("nobody to be left", () -> this.scheduler.dump(0).threads().isEmpty());
	}

}
