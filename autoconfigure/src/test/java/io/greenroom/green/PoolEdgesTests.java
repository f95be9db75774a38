package io.greenroom.green;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

import io.greenroom.observe.Observer;
import io.greenroom.observe.PoolGauges;
import io.greenroom.observe.PoolListener;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static io.greenroom.testkit.Until.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Pools and groups with the longest times and largest sizes, and those nobody holds. */
@Timeout(120)
@CloseSchedulers
class PoolEdgesTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(5)).build();

	static List<Duration> lengths() {
		return List.of(Duration.ofDays(999_999), Duration.ofSeconds(Long.MAX_VALUE), Duration.ofNanos(Long.MAX_VALUE),
				Duration.ofMillis(Long.MAX_VALUE), Duration.ofSeconds(Long.MAX_VALUE, 999_999_999));
	}

	@ParameterizedTest
	@MethodSource("lengths")
	@DisplayName("F06 P03 each limit of a pool or group works to its end, however long, also where there is something to wait for")
	void lengths(Duration length) throws Exception {
		GreenPool pool = this.scheduler.pool("p", 1);
		for (int round = 0; round < 20; round++) {
			GreenThread<Integer> first = pool.submit(() -> {
				Thread.sleep(1);
				return 1;
			});
			assertThat(pool.trySpawn(() -> 2, length).get(length)).isEqualTo(2);
			pool.submit(() -> Thread.sleep(1));
			try (Slot _ = pool.enter(length)) {
				assertThat(pool.active()).isOne();
			}
			Reservation reservation = pool.reserve();
			reservation.await(length).close();
			assertThat(first.join(length)).isTrue();
			pool.submit(() -> Thread.sleep(1));
			assertThat(pool.join(Join.all().within(length))).isTrue();
			GreenGroup group = this.scheduler.group();
			group.spawn(() -> Thread.sleep(1));
			assertThat(group.join(Join.first(Integer.MAX_VALUE).within(length))).isTrue();
			group.spawn(() -> this.scheduler.await(new CompletableFuture<>()));
			assertThat(group.kill(length)).isTrue();
		}
		GreenThread<?> left = pool.submit(() -> this.scheduler.await(new CompletableFuture<>()));
		assertThat(pool.kill(length)).isTrue();
		assertThat(left.isDone()).isTrue();
	}

	@Test
	@DisplayName("F06 P04 sizes, lines and look-aheads of Integer.MAX_VALUE work")
	void sizes() throws Exception {
		int most = Integer.MAX_VALUE;
		GreenPool pool = this.scheduler.pool("p").size(most).queueCapacity(most).build();
		assertThat(pool.free()).isEqualTo(most);
		List<Integer> items = IntStream.range(0, 1_000).boxed().toList();
		assertThat(pool.map(items, (item) -> item)).isEqualTo(items);
		List<Integer> got = new ArrayList<>();
		pool.imap(most, items::iterator, (item) -> item).forEachRemaining(got::add);
		pool.imap(items, (item) -> item).forEachRemaining(got::add);
		assertThat(got).hasSize(2_000);
		pool.resize(1);
		pool.resize(most);
		assertThat(pool.apply(() -> 1)).isOne();
		pool.close();
		assertThat(pool.free()).isEqualTo(most);
	}

	@Test
	@DisplayName("F05 pools, closed or not, groups and results that nobody holds are collected; a pool at work is not")
	void collected() throws Exception {
		CompletableFuture<Integer> gate = new CompletableFuture<>();
		GreenThread<Integer> working = this.scheduler.pool("working", 1).submit(() -> this.scheduler.await(gate));
		List<WeakReference<?>> dropped = new ArrayList<>(usedPools());
		dropped.addAll(usedGroups());
		until("the dropped ones to be collected", () -> {
			System.gc();
			return dropped.stream().allMatch((each) -> each.get() == null);
		});
		assertThat(this.scheduler.services()).extracting(GreenService::name).containsExactly("working");
		gate.complete(1);
		assertThat(working.get()).isOne();
	}

	private List<WeakReference<?>> usedPools() throws Exception {
		List<WeakReference<?>> pools = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			GreenPool pool = this.scheduler.pool("dropped" + i, 2);
			pool.submit(() -> 1).get();
			pool.imap(() -> List.of(1, 2, 3).iterator(), (item) -> item).next();
			if (i % 2 == 0) {
				pool.close();
			}
			pools.add(new WeakReference<>(pool));
		}
		return pools;
	}

	private List<WeakReference<?>> usedGroups() throws Exception {
		List<WeakReference<?>> groups = new ArrayList<>();
		for (int i = 0; i < 50; i++) {
			GreenGroup group = this.scheduler.group();
			group.spawn(() -> 1);
			group.join();
			GreenResults<Integer> results = group.imap(() -> List.of(1).iterator(), (item) -> item);
			results.next();
			groups.add(new WeakReference<>(group));
			groups.add(new WeakReference<>(results));
		}
		return groups;
	}

	@Test
	@DisplayName("P20 join that kills the others ends also one that is just getting the slot of the one that failed")
	void killsWhoIsGettingTheSlot() throws Exception {
		AtomicReference<Thread> joiner = new AtomicReference<>();
		AtomicInteger starts = new AtomicInteger();
		Observer slow = new Observer() {

			@Override
			public PoolListener pool(String name, PoolGauges gauges) {
				return new PoolListener() {

					@Override
					public void started(Duration waited) {
						if (starts.incrementAndGet() == 2) {
							// It was told of the failure; then it waits for this one, or
							// does not.
							until("the joiner to be told", () -> {
								Thread told = joiner.get();
								return told.getState() == Thread.State.TERMINATED
										|| !(LockSupport.getBlocker(told) instanceof PoolCompletions)
												&& told.getState() == Thread.State.WAITING;
							});
						}
					}

				};
			}

		};
		try (GreenScheduler observed = GreenScheduler.builder().observer(slow).build()) {
			GreenPool pool = observed.pool("p", 1);
			CountDownLatch fail = new CountDownLatch(1);
			pool.submit(() -> {
				fail.await();
				throw new IllegalStateException("now");
			});
			GreenThread<Integer> next = pool.submit(() -> observed.await(new CompletableFuture<>()));
			AtomicReference<Throwable> told = new AtomicReference<>();
			AtomicBoolean ended = new AtomicBoolean();
			joiner.set(Thread.ofPlatform().unstarted(() -> {
				told.set(catchThrowable(() -> pool.join(Join.all().killingOthers())));
				ended.set(next.isDone());
			}));
			joiner.get().start();
			Until.waiting(joiner.get());
			fail.countDown();
			joiner.get().join();
			assertThat(told.get()).isInstanceOf(IllegalStateException.class).hasMessage("now");
			assertThat(ended).isTrue();
		}
	}

	@Test
	@DisplayName("P22 a checked failure of a task is caught as that very type by a block that declares it")
	void checkedFailure() {
		GreenPool pool = this.scheduler.pool("p", 1);
		IOException broken = new IOException("broken");
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> pool.apply(() -> {
			throw broken;
		})).isSameAs(broken);
	}

}
