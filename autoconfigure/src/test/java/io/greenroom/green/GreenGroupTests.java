package io.greenroom.green;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Race;
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

@Timeout(120)
@CloseSchedulers
class GreenGroupTests {

	private static final Duration LONG = Duration.ofSeconds(10);

	private final CountingObserver observer = new CountingObserver();

	private final GreenScheduler scheduler = GreenScheduler.builder().name("stage").observer(this.observer).build();

	private final GreenGroup group = this.scheduler.group();

	@Test
	@DisplayName("G32 a group forgets its ended members, and those it is told to discard")
	void forgetsTheEnded() throws InterruptedException {
		CountDownLatch release = new CountDownLatch(1);
		GreenThread<Void> discarded = this.group.spawn(() -> release.await());
		for (int i = 0; i < 100; i++) {
			this.group.spawn(() -> 1).join();
		}
		this.group.discard(discarded);
		this.group.join();
		assertThat(this.group.size()).isZero();
		assertThat(this.group.members()).isEmpty();
		assertThat(discarded.isDone()).isFalse();
		release.countDown();
		GreenThread<Void> ended = this.scheduler.unstarted(() -> null);
		ended.kill();
		this.group.add(ended);
		assertThat(this.group.size()).isZero();
	}

	@Test
	@DisplayName("G32 F03 a thread that could not be started is no member, and its failure is no failure of the group")
	void aMemberThatCannotStartIsNone() throws InterruptedException {
		ThreadShortage shortage = new ThreadShortage();
		try (GreenScheduler small = shortage.on(GreenScheduler.builder()).build()) {
			GreenGroup members = small.group();
			shortage.begin();
			assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> members.spawn(() -> 1));
			shortage.end();
			assertThat(members.size()).isZero();
			assertThat(members.join(Join.all().raising())).isTrue();
		}
	}

	@Test
	@DisplayName("G32 join waits for members that members add meanwhile")
	void joinReachesLateMembers() throws InterruptedException {
		AtomicInteger done = new AtomicInteger();
		Thread joining = Thread.currentThread();
		this.group.spawn(() -> this.group.spawn(() -> {
			this.group.add(this.scheduler.spawn(() -> {
				Until.waiting(joining);
				done.incrementAndGet();
			}));
		}).join());
		this.group.join();
		assertThat(done).hasValue(1);
	}

	@Test
	@DisplayName("G32 kill reaches members that are added until it returns")
	void killReachesLateMembers() throws InterruptedException {
		CountDownLatch running = new CountDownLatch(1);
		AtomicReference<GreenThread<?>> added = new AtomicReference<>();
		AtomicInteger runs = new AtomicInteger();
		this.group.spawn(() -> {
			try {
				running.countDown();
				new CountDownLatch(1).await();
			}
			finally {
				added.set(this.group.spawn(runs::incrementAndGet));
				this.group.spawn(runs::incrementAndGet);
			}
		});
		running.await();
		assertThat(this.group.kill(LONG)).isTrue();
		assertThat(added.get().exception()).isInstanceOf(GreenThreadKilledException.class);
		assertThat(runs).hasValue(0);
		assertThat(this.group.join(Join.all().raising())).as("a kill is no failure of the group").isTrue();
		assertThat(this.group.spawn(() -> "alive").get()).isEqualTo("alive");
	}

	@Test
	@DisplayName("G32 spawns race with a kill: every member has ended when it returns, or was added after it")
	void killRacesWithSpawns() throws Exception {
		Race.run(Rounds.of(10_000), (number) -> {
			GreenGroup own = this.scheduler.group();
			CountDownLatch never = new CountDownLatch(1);
			List<GreenThread<?>> spawned = new ArrayList<>();
			for (int i = 0; i < 2; i++) {
				spawned.add(own.spawn(() -> never.await()));
			}
			AtomicReference<@Nullable GreenThread<Void>> late = new AtomicReference<>();
			return new Race.Round(
					List.of(() -> assertThat(own.kill(LONG)).isTrue(), () -> late.set(own.spawn(() -> never.await()))),
					() -> {
						assertThat(spawned).allMatch(GreenThread::isDone);
						GreenThread<Void> last = late.get();
						assertThat(last).isNotNull();
						assertThat(own.members()).hasSize(last.isDone() ? 0 : 1);
						never.countDown();
						last.join();
					});
		});
	}

	@Test
	@DisplayName("G08 a group's kill with a limit returns those that take longer, still its members")
	void killReturnsThoseThatStay() throws InterruptedException {
		CountDownLatch running = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		GreenThread<Void> slow = this.group.spawn(() -> {
			try {
				running.countDown();
				new CountDownLatch(1).await();
			}
			finally {
				release.await();
			}
		});
		running.await();
		assertThat(this.group.kill(Duration.ofMillis(20))).isFalse();
		assertThat(this.group.members()).hasSize(1).first().isSameAs(slow);
		assertThat(this.group.size()).isOne();
		release.countDown();
		this.group.join();
		this.group.kill();
		assertThatIllegalArgumentException().isThrownBy(() -> this.group.kill(Duration.ofMillis(-1)));
	}

	@Test
	@DisplayName("P20 join that raises throws the failure of a member that ended before it, once")
	void earlierFailureIsRaised() throws InterruptedException {
		IllegalStateException failure = new IllegalStateException("earlier");
		this.group.spawn(() -> {
			throw failure;
		}).join();
		this.group.join();
		assertThatIllegalStateException().isThrownBy(() -> this.group.join(Join.all().raising()))
			.satisfies((raised) -> assertThat(raised).isSameAs(failure));
		assertThat(this.group.join(Join.all().raising())).isTrue();
	}

	@Test
	@DisplayName("G10 a group's join raises as soon as a member fails, and kills the others where asked to")
	void joinRaises() throws InterruptedException {
		CountDownLatch release = new CountDownLatch(1);
		GreenThread<Void> other = this.group.spawn(() -> release.await());
		IllegalStateException failure = new IllegalStateException("curtain");
		this.group.spawn(() -> {
			throw failure;
		});
		assertThatIllegalStateException().isThrownBy(() -> this.group.join(Join.all().raising()));
		assertThat(other.isDone()).isFalse();
		this.group.spawn(() -> {
			throw failure;
		});
		assertThatIllegalStateException().isThrownBy(() -> this.group.join(Join.all().killingOthers()));
		assertThat(other.exception()).isInstanceOf(GreenThreadKilledException.class);
	}

	@Test
	@DisplayName("G11 a group's join takes a count and a limit")
	void joinCountAndLimit() throws InterruptedException {
		CountDownLatch release = new CountDownLatch(1);
		this.group.spawn(() -> release.await());
		this.group.spawn(() -> release.await());
		assertThat(this.group.join(Join.all().within(Duration.ofMillis(10)))).isFalse();
		this.group.add(this.scheduler.spawn(() -> 1));
		this.group.add(this.scheduler.spawnLater(Duration.ofMillis(10), () -> 1));
		assertThat(this.group.join(Join.first(1))).isTrue();
		assertThat(this.group.size()).isGreaterThanOrEqualTo(2);
		release.countDown();
		assertThat(this.group.join(Join.first(100))).isTrue();
	}

	@Test
	void memberThatJoinsOrKillsItsGroupIsRejected() throws InterruptedException {
		GreenThread<Void> member = this.group.spawn(() -> {
			assertThatIllegalStateException().isThrownBy(this.group::join).withMessageContaining("its own end");
			assertThatIllegalStateException().isThrownBy(() -> this.group.kill(LONG));
		});
		member.get();
	}

	@Test
	@DisplayName("P09 P14 map gives the results in the order of the items, and nothing for nothing")
	void map() throws InterruptedException {
		List<Integer> items = IntStream.range(0, 100).boxed().toList();
		assertThat(this.group.map(items, (item) -> item * 2)).hasSize(100).startsWith(0, 2, 4).endsWith(198);
		assertThat(this.group.map(List.<Integer>of(), (item) -> item)).isEmpty();
		assertThat(this.group.imap(List.<Integer>of(), (item) -> item).hasNext()).isFalse();
		assertThat(this.group.imapUnordered(List.<Integer>of(), (item) -> item).hasNext()).isFalse();
	}

	@Test
	@DisplayName("P10 P19 a failure of map kills its siblings and waits for them; it is no failure of the group")
	void mapFails() throws InterruptedException {
		AtomicInteger cleanedUp = new AtomicInteger();
		CountDownLatch running = new CountDownLatch(2);
		assertThatExceptionOfType(ArithmeticException.class)
			.isThrownBy(() -> this.group.map(List.of(1, 0, 2), (item) -> {
				if (item == 0) {
					running.await();
					return 1 / item;
				}
				try {
					running.countDown();
					new CountDownLatch(1).await();
					return item;
				}
				finally {
					cleanedUp.incrementAndGet();
				}
			}));
		assertThat(cleanedUp).hasValue(2);
		assertThat(this.group.join(Join.all().raising())).isTrue();
		assertThat(this.observer.failures()).isEmpty();
	}

	@Test
	@DisplayName("P10 imap gives 1, the error at its item, 0.5, and ends")
	void imap() {
		try (GreenResults<Double> results = this.group.imap(List.of(1, 0, 2), (item) -> inverse(item))) {
			assertThat(results.next()).isEqualTo(1.0);
			assertThatExceptionOfType(ArithmeticException.class).isThrownBy(results::next);
			assertThat(results.next()).isEqualTo(0.5);
			assertThat(results.hasNext()).isFalse();
			assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(results::next);
		}
		assertThat(this.observer.failures()).isEmpty();
	}

	@Test
	@DisplayName("P11 imapUnordered gives the results in the order of their completion")
	void imapUnordered() throws InterruptedException {
		List<CountDownLatch> gates = List.of(new CountDownLatch(1), new CountDownLatch(1), new CountDownLatch(1));
		try (GreenResults<Integer> results = this.group.imapUnordered(List.of(0, 1, 2), (item) -> {
			gates.get(item).await();
			return item;
		})) {
			for (int next : new int[] { 2, 0, 1 }) {
				gates.get(next).countDown();
				assertThat(results.next()).isEqualTo(next);
			}
			assertThat(results.hasNext()).isFalse();
		}
	}

	@Test
	@DisplayName("P12 items that can't be read to their end give their own error, and those begun are killed")
	void failingItems() throws InterruptedException {
		Iterable<Integer> items = GreenPoolMappingTests.failingAfterTwo(new IllegalStateException("out of items"));
		GreenFunction<Integer, Integer> wait = (item) -> {
			new CountDownLatch(1).await();
			return item;
		};
		assertThatIllegalStateException().isThrownBy(() -> this.group.map(items, wait)).withMessage("out of items");
		for (GreenResults<Integer> results : List.of(this.group.imap(items, wait),
				this.group.imapUnordered(items, wait))) {
			assertThatIllegalStateException().isThrownBy(results::next).withMessage("out of items");
			assertThat(results.hasNext()).isFalse();
		}
		this.group.join();
	}

	@Test
	void closedResultsKillTheRest() throws InterruptedException {
		GreenFunction<Integer, Integer> wait = (item) -> {
			new CountDownLatch(1).await();
			return item;
		};
		GreenResults<Integer> ordered = this.group.imap(List.of(1, 2), wait);
		GreenResults<Integer> unordered = this.group.imapUnordered(List.of(1, 2), wait);
		assertThat(ordered.hasNext() && unordered.hasNext()).isTrue();
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(ordered::next);
		assertThat(ordered.hasNext()).isTrue();
		ordered.close();
		unordered.close();
		assertThat(ordered.hasNext() || unordered.hasNext()).isFalse();
		this.group.join();
	}

	@Test
	void rejectedMemberIsNone() {
		this.scheduler.close();
		assertThatExceptionOfType(SchedulerClosedException.class).isThrownBy(() -> this.group.spawn(() -> 1));
		assertThatExceptionOfType(SchedulerClosedException.class)
			.isThrownBy(() -> this.group.map(List.of(1), (item) -> item));
		assertThat(this.group.size()).isZero();
	}

	private static double inverse(int item) {
		if (item == 0) {
			throw new ArithmeticException("1/0");
		}
		return 1.0 / item;
	}

}
