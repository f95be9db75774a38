package io.greenroom;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.Oneway;
import io.greenroom.green.GreenEvent;
import io.greenroom.green.GreenGroup;
import io.greenroom.green.GreenPool;
import io.greenroom.green.GreenQueue;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.green.TimeoutExpiredException;
import io.greenroom.green.worker.Worker;
import io.greenroom.testkit.CloseSchedulers;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What one learns from a tutorial on gevent, chapter by chapter, said with green threads:
 * for those who come from there, and to see that the outcomes are the same.
 */
@Timeout(60)
@CloseSchedulers
class TutorialTests {

	private final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(5)).build();

	@Nested
	class Greenlets {

		@Test
		@DisplayName("Two routines that give way to each other take turns")
		void takingTurns() {
			List<String> said = new ArrayList<>();
			try (Worker worker = Worker.create()) {
				worker.assign(() -> {
					said.add("foo runs");
					worker.pause();
					said.add("back in foo");
				});
				worker.assign(() -> {
					said.add("bar goes on");
					worker.pause();
					said.add("back in bar");
				});
				worker.work();
			}
			assertThat(said).containsExactly("foo runs", "bar goes on", "back in foo", "back in bar");
		}

		@Test
		@DisplayName("One after the other keeps the order; side by side, all are done when the last is joined")
		void oneAfterTheOtherAndSideBySide() throws Exception {
			List<Integer> inOrder = new ArrayList<>();
			for (int i = 0; i < 10; i++) {
				int number = i;
				inOrder.add(TutorialTests.this.scheduler.spawn(() -> number).get());
			}
			assertThat(inOrder).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);

			Queue<Integer> sideBySide = new ConcurrentLinkedQueue<>();
			List<GreenThread<Void>> threads = IntStream.range(0, 10)
				.mapToObj((number) -> TutorialTests.this.scheduler.spawn(() -> {
					sideBySide.add(number);
				}))
				.toList();
			for (GreenThread<Void> thread : threads) {
				thread.join();
			}
			assertThat(sideBySide).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
		}

		@Test
		@DisplayName("Blocking calls of the JDK let the others run: nothing needs to be patched")
		void blockingCallsLetOthersRun() throws Exception {
			CountDownLatch never = new CountDownLatch(1);
			List<GreenThread<Void>> blocked = IntStream.range(0, 10_000)
				.mapToObj((i) -> TutorialTests.this.scheduler.spawn(() -> never.await()))
				.toList();
			assertThat(TutorialTests.this.scheduler.spawn(() -> "still served").get()).isEqualTo("still served");
			never.countDown();
			for (GreenThread<Void> thread : blocked) {
				thread.join();
			}
		}

	}

	@Nested
	class Determinism {

		@Test
		@DisplayName("The same program takes the same course each time it is stepped")
		void sameCourse() {
			Set<List<String>> courses = ConcurrentHashMap.newKeySet();
			for (int run = 0; run < 4; run++) {
				courses.add(course(7));
			}
			assertThat(courses).hasSize(1);
			assertThat(course(8)).isNotEqualTo(course(7));
		}

		private static List<String> course(long seed) {
			List<String> said = new ArrayList<>();
			try (Worker worker = Worker.builder().seed(seed).build()) {
				for (int i = 0; i < 10; i++) {
					int number = i;
					worker.assign(() -> {
						said.add("in " + number);
						worker.sleep(Duration.ofMillis(100));
						said.add("out " + number);
					});
				}
				worker.work();
			}
			return said;
		}

	}

	@Nested
	class Lives {

		@Test
		@DisplayName("A winner and a loser: flags, value and exception")
		void winnerAndLoser() throws Exception {
			GreenThread<String> winner = TutorialTests.this.scheduler.spawn(() -> "You win!");
			IllegalStateException failure = new IllegalStateException("You fail at failing.");
			GreenThread<String> loser = TutorialTests.this.scheduler.spawn(() -> {
				throw failure;
			});
			winner.join();
			loser.join();
			assertThat(winner.isStarted()).isTrue();
			assertThat(winner.isDone()).isTrue();
			assertThat(winner.isSuccessful()).isTrue();
			assertThat(winner.value()).isEqualTo("You win!");
			assertThat(loser.isDone()).isTrue();
			assertThat(loser.isSuccessful()).isFalse();
			assertThat(loser.value()).isNull();
			assertThat(loser.exception()).isSameAs(failure);
			assertThatIllegalStateException().isThrownBy(loser::get).isSameAs(failure);
		}

		@Test
		@DisplayName("A program that ends takes its endless threads with it and says which")
		void endOfTheProgram() throws Exception {
			GreenScheduler program = GreenScheduler.builder().name("program").build();
			CountDownLatch runs = new CountDownLatch(1);
			program.spawn("forever", () -> {
				runs.countDown();
				new CountDownLatch(1).await();
			});
			runs.await();
			assertThat(program.drain(Duration.ofMillis(50)).killed()).containsExactly("forever");
		}

	}

	@Nested
	class Timeouts {

		@Test
		@DisplayName("Work that takes too long is left, with the timeout that was meant, an exception of one's own, or quietly")
		void tooLong() {
			CountDownLatch never = new CountDownLatch(1);
			io.greenroom.green.Timeout limit = io.greenroom.green.Timeout.after(Duration.ofMillis(20));
			assertThatExceptionOfType(TimeoutExpiredException.class).isThrownBy(() -> limit.run(never::await))
				.satisfies((expired) -> assertThat(limit.isExpired()).isTrue());
			assertThatExceptionOfType(TooLong.class)
				.isThrownBy(() -> io.greenroom.green.Timeout.after(Duration.ofMillis(20))
					.orThrow(TooLong::new)
					.run(never::await));
			assertThat(catching(() -> io.greenroom.green.Timeout.after(Duration.ofMillis(20)).tryRun(never::await)))
				.isEqualTo(false);
		}

		private static @Nullable Object catching(java.util.concurrent.Callable<?> body) {
			try {
				return body.call();
			}
			catch (Exception ex) {
				return ex;
			}
		}

		/** One's own. */
		static class TooLong extends RuntimeException {

			private static final long serialVersionUID = 1L;

			TooLong(Throwable cause) {
				super(cause);
			}

		}

	}

	@Nested
	class Events {

		@Test
		@DisplayName("Five wait for an event, one sets it, and all go on")
		void waitersAndSetter() throws Exception {
			GreenEvent event = new GreenEvent();
			AtomicInteger released = new AtomicInteger();
			List<GreenThread<Void>> waiters = IntStream.range(0, 5)
				.mapToObj((i) -> TutorialTests.this.scheduler.spawn(() -> {
					event.await();
					released.incrementAndGet();
				}))
				.toList();
			TutorialTests.this.scheduler.spawn(event::set);
			for (GreenThread<Void> waiter : waiters) {
				waiter.join();
			}
			assertThat(released).hasValue(5);
		}

		@Test
		@DisplayName("An event that carries a value is a CompletableFuture")
		void asyncResult() throws Exception {
			CompletableFuture<String> result = new CompletableFuture<>();
			GreenThread<String> waiter = TutorialTests.this.scheduler.spawn(() -> result.get());
			TutorialTests.this.scheduler.spawn(() -> {
				result.complete("Hello!");
			});
			assertThat(waiter.get()).isEqualTo("Hello!");
		}

	}

	@Nested
	class Queues {

		@Test
		@DisplayName("A boss fills a queue of three, workers empty it until it is closed, every task is done once")
		void bossAndWorkers() throws Exception {
			GreenQueue<Integer> tasks = new GreenQueue<>(3);
			Queue<Integer> done = new ConcurrentLinkedQueue<>();
			GreenScheduler green = TutorialTests.this.scheduler;
			List<GreenThread<Void>> workers = IntStream.range(0, 3).mapToObj((i) -> green.spawn(() -> {
				for (Integer task : tasks) {
					done.add(task);
					tasks.taskDone();
				}
			})).toList();
			green.spawn("boss", () -> {
				for (int task = 1; task < 25; task++) {
					tasks.put(task);
				}
				tasks.close();
			});
			for (GreenThread<Void> worker : workers) {
				worker.join();
			}
			tasks.join();
			assertThat(done).containsExactlyInAnyOrderElementsOf(IntStream.range(1, 25).boxed().toList());
		}

	}

	@Nested
	class Groups {

		@Test
		@DisplayName("A group is joined as one, and its results come in the order of the items or of their readiness")
		void groups() throws Exception {
			GreenGroup group = TutorialTests.this.scheduler.group();
			List<String> said = new CopyOnWriteArrayList<>();
			for (String word : List.of("foo", "bar", "foo")) {
				group.spawn(() -> {
					said.add(word);
				});
			}
			group.join();
			assertThat(said).containsExactlyInAnyOrder("foo", "bar", "foo");
			assertThat(group.map(List.of(0, 1, 2), (item) -> "task " + item)).containsExactly("task 0", "task 1",
					"task 2");
			CountDownLatch second = new CountDownLatch(1);
			List<Integer> ready = new ArrayList<>();
			group.imapUnordered(List.of(1, 2), (item) -> {
				if (item == 1) {
					second.await();
				}
				return item;
			}).forEachRemaining((item) -> {
				ready.add(item);
				second.countDown();
			});
			assertThat(ready).containsExactly(2, 1);
		}

	}

	@Nested
	class PoolsAndLocks {

		@Test
		@DisplayName("A pool bounds how many are at work at once")
		void poolsAreBounded() throws Exception {
			GreenPool pool = TutorialTests.this.scheduler.pool("tutorial", 2);
			AtomicInteger inside = new AtomicInteger();
			AtomicInteger most = new AtomicInteger();
			List<GreenThread<Void>> all = new ArrayList<>();
			for (int i = 0; i < 200; i++) {
				all.add(pool.submit(() -> {
					most.accumulateAndGet(inside.incrementAndGet(), Math::max);
					Thread.yield();
					inside.decrementAndGet();
				}));
			}
			for (GreenThread<Void> task : all) {
				task.join();
			}
			assertThat(most.get()).isBetween(1, 2);
			assertThat(pool.free()).isEqualTo(2);
		}

		@Test
		@DisplayName("A semaphore is the JDK's: two of four at a time")
		void semaphores() throws Exception {
			Semaphore semaphore = new Semaphore(2);
			AtomicInteger inside = new AtomicInteger();
			AtomicInteger most = new AtomicInteger();
			List<GreenThread<Void>> all = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				all.add(TutorialTests.this.scheduler.spawn(() -> {
					semaphore.acquire();
					try {
						most.accumulateAndGet(inside.incrementAndGet(), Math::max);
						Thread.yield();
						inside.decrementAndGet();
					}
					finally {
						semaphore.release();
					}
				}));
			}
			for (GreenThread<Void> thread : all) {
				thread.join();
			}
			assertThat(most.get()).isBetween(1, 2);
		}

		@Test
		@DisplayName("A thread local of one green thread is invisible to another")
		void locals() throws Exception {
			ThreadLocal<String> stash = new ThreadLocal<>();
			GreenThread<String> first = TutorialTests.this.scheduler.spawn(() -> {
				stash.set("mine");
				return stash.get();
			});
			GreenThread<String> second = TutorialTests.this.scheduler.spawn(() -> stash.get());
			assertThat(first.get()).isEqualTo("mine");
			assertThat(second.get()).isNull();
		}

	}

	@Nested
	class Actors {

		@Test
		@DisplayName("Ping and pong are two handlers that call each other oneway")
		void pingPong() throws Exception {
			Player ping = new Player();
			Player pong = new Player();
			Deferred<Player> pingHandle = Deferred.of(TutorialTests.this.scheduler, ping);
			Deferred<Player> pongHandle = Deferred.of(TutorialTests.this.scheduler, pong);
			ping.other = pongHandle.sync();
			pong.other = pingHandle.sync();
			CountDownLatch end = new CountDownLatch(1);
			pingHandle.sync().hit(1_000, end);
			end.await();
			assertThat(pingHandle.sync().hits() + pongHandle.sync().hits()).isEqualTo(1_001);
		}

		/** Hits back until it has had enough. */
		static class Player {

			@Nullable Player other;

			private int hits;

			@Oneway
			void hit(int left, CountDownLatch end) {
				this.hits++;
				if (left == 0) {
					end.countDown();
				}
				else {
					java.util.Objects.requireNonNull(this.other).hit(left - 1, end);
				}
			}

			int hits() {
				return this.hits;
			}

		}

	}

}
