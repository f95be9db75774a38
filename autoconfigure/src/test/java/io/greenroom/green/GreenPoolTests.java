package io.greenroom.green;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

import io.greenroom.observe.Observer;
import io.greenroom.observe.PoolGauges;
import io.greenroom.observe.PoolListener;
import io.greenroom.testkit.CloseSchedulers;
import io.greenroom.testkit.Until;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(30)
@CloseSchedulers
class GreenPoolTests {

	private static final Duration LONG = Duration.ofSeconds(20);

	private final GreenScheduler scheduler = GreenScheduler.builder().drainTimeout(Duration.ofSeconds(5)).build();

	private final CountDownLatch gate = new CountDownLatch(1);

	@AfterEach
	void openTheGateAndClose() {
		this.gate.countDown();
	}

	@Test
	@DisplayName("P01 a pool of two counts its free slots down, queues the third and runs all")
	void queuesPastItsSize() throws Exception {
		GreenPool pool = this.scheduler.pool("two", 2);
		assertThat(pool.free()).isEqualTo(2);
		GreenThread<Integer> first = pool.submit(() -> waitAndReturn(1));
		assertThat(pool.free()).isEqualTo(1);
		GreenThread<Integer> second = pool.submit(() -> waitAndReturn(2));
		assertThat(pool.free()).isZero();
		GreenThread<Integer> third = pool.submit(() -> waitAndReturn(3));
		assertThat(pool.queued()).isEqualTo(1);
		assertThat(third.isStarted()).isFalse();
		this.gate.countDown();
		assertThat(List.of(first.get(LONG), second.get(LONG), third.get(LONG))).containsExactly(1, 2, 3);
		assertThat(pool.free()).isEqualTo(2);
	}

	@Test
	@DisplayName("P01 the queue is bounded: past it submit rejects at once and says what to do")
	void rejectsPastTheQueue() {
		GreenPool pool = this.scheduler.pool("reports")
			.size(1)
			.queueCapacity(2)
			.settings("greenroom.pools.reports")
			.build();
		for (int i = 0; i < 3; i++) {
			pool.submit(() -> this.gate.await());
		}
		assertThatExceptionOfType(PoolFullException.class).isThrownBy(() -> pool.submit(() -> this.gate.await()))
			.withMessage("Pool 'reports' is full (1 running, 2 waiting); "
					+ "raise greenroom.pools.reports.queue-capacity or shed load")
			.satisfies((full) -> assertThat(full.reason()).isEqualTo(PoolFullException.Reason.FULL))
			.satisfies((full) -> assertThat(full.pool()).isEqualTo("reports"));
		assertThatExceptionOfType(PoolFullException.class).isThrownBy(pool::reserve);
		assertThatExceptionOfType(PoolFullException.class).isThrownBy(() -> pool.enter(LONG));
	}

	@Test
	@DisplayName("P02 in a pool of one a second spawn blocks until the first has ended")
	void spawnBlocks() throws Exception {
		GreenPool pool = this.scheduler.pool("one", 1);
		List<String> order = new CopyOnWriteArrayList<>();
		GreenThread<Void> first = pool.spawn(() -> {
			this.gate.await();
			order.add("first ends");
		});
		GreenThread<Void> spawner = this.scheduler.spawn(() -> {
			GreenThread<Void> second = pool.spawn(() -> {
			});
			order.add("second spawned");
			second.join();
		});
		until(() -> pool.queued() == 1);
		assertThat(order).isEmpty();
		this.gate.countDown();
		first.get(LONG);
		spawner.get(LONG);
		assertThat(order).containsExactly("first ends", "second spawned");
	}

	@Test
	@DisplayName("P03 a full pool rejects at once without a wait, after the limit with one, and is whole afterwards")
	void rejectsAtOnceOrAfterTheLimit() throws Exception {
		GreenPool pool = this.scheduler.pool("one", 1);
		GreenThread<Void> holder = pool.spawn(() -> this.gate.await());
		assertThatExceptionOfType(PoolFullException.class).isThrownBy(() -> pool.trySpawn(() -> 1))
			.withMessageContaining("is full (1 running, 0 waiting)");
		long start = System.nanoTime();
		assertThatExceptionOfType(PoolFullException.class)
			.isThrownBy(() -> pool.trySpawn(() -> 1, Duration.ofMillis(50)))
			.withMessageContaining("had no free slot within PT0.05S")
			.satisfies((full) -> assertThat(full.reason()).isEqualTo(PoolFullException.Reason.TIMEOUT));
		assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(50));
		assertThatExceptionOfType(PoolFullException.class).isThrownBy(() -> pool.enter(Duration.ofMillis(1)));
		assertThat(pool.queued()).isZero();
		this.gate.countDown();
		holder.get(LONG);
		assertThat(pool.free()).isEqualTo(1);
		assertThat(pool.<Integer>trySpawn(() -> 7).get(LONG)).isEqualTo(7);
	}

	@Test
	@DisplayName("P03 an interrupted wait gives its place up and nothing else")
	void interruptLeavesTheLine() throws Exception {
		GreenPool pool = this.scheduler.pool("one", 1);
		pool.spawn(() -> this.gate.await());
		GreenThread<Void> waiter = this.scheduler.spawn(() -> {
			try (Slot slot = pool.enter(LONG)) {
				assertThat(slot).isNull();
			}
		});
		until(() -> pool.queued() == 1);
		waiter.kill();
		assertThat(waiter.join(LONG)).isTrue();
		assertThat(pool.queued()).isZero();
		this.gate.countDown();
		until(() -> pool.free() == 1);
	}

	@Test
	@DisplayName("P04 a size less than one, or a negative queue, is rejected with the setting's name")
	void rejectsWrongSizes() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.scheduler.pool("p", 0))
			.withMessage("The size of pool 'p' is 0; set its size to 1 or more");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.scheduler.pool("p").size(-1).settings("greenroom.pools.p").build())
			.withMessageContaining("greenroom.pools.p.size");
		assertThatIllegalArgumentException().isThrownBy(() -> this.scheduler.pool("p").queueCapacity(-1).build())
			.withMessageContaining("queue-capacity");
		assertThatIllegalArgumentException().isThrownBy(() -> this.scheduler.pool("p", 1).resize(0));
		assertThatIllegalArgumentException().isThrownBy(() -> this.scheduler.pool("p", 1).enter(Duration.ofMillis(-1)));
	}

	@Test
	@DisplayName("P07 a task that fails returns its slot, whatever becomes of the report")
	void failureReturnsTheSlot() throws Exception {
		GreenPool pool = this.scheduler.pool("one", 1);
		for (Throwable failure : List.of(new IllegalStateException("task"), new StackOverflowError(),
				new Exception("checked"))) {
			GreenThread<Object> task = pool.submit(() -> GreenPoolTests.<RuntimeException>sneaky(failure));
			assertThatThrownBy(() -> task.get(LONG)).isSameAs(failure);
			assertThat(pool.free()).isEqualTo(1);
		}
	}

	@Test
	@DisplayName("P21 two slots and five tasks that wait: all five complete, begun in the order they came")
	void tasksThatWaitAllComplete() throws Exception {
		GreenPool pool = this.scheduler.pool("two", 2);
		List<Integer> begun = new CopyOnWriteArrayList<>();
		List<CountDownLatch> ends = new ArrayList<>();
		List<GreenThread<Void>> tasks = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			int number = i;
			ends.add(new CountDownLatch(1));
			tasks.add(pool.submit(() -> {
				begun.add(number);
				ends.get(number).await();
			}));
		}
		for (int i = 0; i < 5; i++) {
			int atWork = Math.min(i + 2, 5);
			until(() -> begun.size() == atWork);
			ends.get(i).countDown();
			tasks.get(i).get(LONG);
		}
		assertThat(begun.subList(2, 5)).containsExactly(2, 3, 4);
		assertThat(pool.free()).isEqualTo(2);
	}

	@Test
	@DisplayName("P21 tasks, waiting threads and reservations stand in one line, first come first served")
	void oneLineForAll() throws Exception {
		GreenPool pool = this.scheduler.pool("one", 1);
		List<String> order = new CopyOnWriteArrayList<>();
		Slot held = elsewhere(() -> pool.enter(LONG));
		pool.submit(() -> order.add("task"));
		GreenThread<Void> enters = this.scheduler.spawn(() -> {
			try (Slot _ = pool.enter(LONG)) {
				order.add("enter");
			}
		});
		until(() -> pool.queued() == 2);
		Reservation reservation = pool.reserve();
		GreenThread<Void> spawns = this.scheduler.spawn(() -> {
			pool.spawn(() -> order.add("spawn"));
		});
		until(() -> pool.queued() == 4);
		GreenThread<Boolean> reserved = reservation.start(() -> order.add("reserved"));
		GreenThread<Boolean> last = pool.submit(() -> order.add("last"));
		held.close();
		last.get(LONG);
		assertThat(List.of(enters.join(LONG), spawns.join(LONG), reserved.join(LONG))).containsOnly(true);
		assertThat(order).containsExactly("task", "enter", "reserved", "spawn", "last");
	}

	@Test
	void nobodyOvertakesTheLine() throws Exception {
		GreenPool pool = this.scheduler.pool("one", 1);
		Slot held = elsewhere(() -> pool.enter(LONG));
		Reservation first = pool.reserve();
		held.close();
		assertThat(pool.active()).as("the slot went to the reservation").isEqualTo(1);
		assertThatExceptionOfType(PoolFullException.class).isThrownBy(() -> pool.trySpawn(() -> 1));
		assertThat(first.<Integer>start(() -> 5).get(LONG)).isEqualTo(5);
	}

	@Test
	void aSlotIsReturnedOnce() throws Exception {
		GreenPool pool = this.scheduler.pool("two", 2);
		Slot slot = pool.enter(LONG);
		Slot other = pool.enter(LONG);
		slot.close();
		slot.close();
		assertThat(pool.active()).isEqualTo(1);
		other.close();
	}

	@Test
	void aReservationIsUsedOnce() throws Exception {
		GreenPool pool = this.scheduler.pool("two", 2);
		Reservation cancelled = pool.reserve();
		cancelled.cancel();
		cancelled.cancel();
		assertThat(pool.free()).isEqualTo(2);
		assertThatIllegalStateException().isThrownBy(() -> cancelled.start(() -> 1));
		Reservation used = pool.reserve();
		Slot slot = used.await(LONG);
		used.cancel();
		assertThat(pool.free()).as("await has it, cancel does not take it away").isEqualTo(1);
		assertThatIllegalStateException().isThrownBy(() -> used.await(LONG));
		slot.close();
		assertThat(pool.free()).isEqualTo(2);
	}

	@Test
	void killingAWaitingTaskTakesItOutOfTheLine() throws Exception {
		GreenPool pool = this.scheduler.pool("one", 1);
		GreenThread<Void> holder = pool.submit(() -> this.gate.await());
		AtomicInteger ran = new AtomicInteger();
		GreenThread<Integer> killed = pool.submit(ran::incrementAndGet);
		GreenThread<Integer> next = pool.submit(ran::incrementAndGet);
		killed.kill();
		assertThat(killed.isDone()).isTrue();
		assertThat(pool.queued()).isEqualTo(1);
		this.gate.countDown();
		holder.get(LONG);
		next.get(LONG);
		assertThat(ran).hasValue(1);
		assertThat(pool.free()).isEqualTo(1);
	}

	@Test
	void aWaitingTaskCannotBeStartedPastTheLine() throws Exception {
		GreenPool pool = this.scheduler.pool("one", 1);
		pool.submit(() -> this.gate.await());
		GreenThread<Integer> waiting = pool.submit(() -> 1);
		waiting.start();
		assertThat(waiting.isStarted()).isFalse();
		this.gate.countDown();
		assertThat(waiting.get(LONG)).isEqualTo(1);
	}

	@Test
	void aLineOfTasksThatCannotStartDoesNotNest() throws Exception {
		ThreadShortage shortage = new ThreadShortage();
		try (GreenScheduler poor = shortage.on(GreenScheduler.builder()).build()) {
			GreenPool pool = poor.pool("one").size(1).queueCapacity(5_000).build();
			Slot held = elsewhere(() -> pool.enter(LONG));
			List<GreenThread<Integer>> tasks = new ArrayList<>();
			for (int i = 0; i < 5_000; i++) {
				tasks.add(pool.submit(() -> 1));
			}
			shortage.begin();
			// 5000 failures that are expected here say nothing in a log.
			ch.qos.logback.classic.Logger logger = (ch.qos.logback.classic.Logger) org.slf4j.LoggerFactory
				.getLogger(GreenScheduler.class);
			logger.setLevel(ch.qos.logback.classic.Level.OFF);
			try {
				held.close();
			}
			finally {
				logger.setLevel(null);
			}
			assertThat(tasks).allMatch(GreenThread::isDone);
			assertThat(tasks).allMatch((task) -> task.exception() instanceof OutOfMemoryError);
			assertThat(pool.free()).isEqualTo(1);
			assertThat(pool.queued()).isZero();
		}
	}

	@Test
	@DisplayName("G29 what stood in a pool's line when a drain began runs, also when a thread from outside returns the slot")
	void aDrainRunsTheLine() throws Exception {
		GreenPool pool = this.scheduler.pool("one", 1);
		Slot held = elsewhere(() -> pool.enter(LONG));
		List<GreenThread<Integer>> tasks = List.of(pool.submit(() -> 1), pool.submit(() -> 2));
		AtomicReference<DrainReport> report = new AtomicReference<>();
		Thread drainer = Thread.ofVirtual().start(() -> report.set(this.scheduler.drain(LONG)));
		until(() -> rejects(pool));
		held.close();
		drainer.join();
		assertThat(tasks).extracting(GreenThread::value).containsExactly(1, 2);
		assertThat(report.get().killed()).isEmpty();
		assertThatExceptionOfType(PoolClosedException.class).isThrownBy(() -> pool.submit(() -> 3));
	}

	@Test
	@DisplayName("P03 a thread that cannot be started, for want of memory too, returns its slot once")
	void outOfMemoryAtThreadStart() throws Exception {
		ThreadShortage shortage = new ThreadShortage();
		try (GreenScheduler poor = shortage.on(GreenScheduler.builder()).build()) {
			GreenPool pool = poor.pool("one", 1);
			shortage.begin();
			assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> pool.trySpawn(() -> 1));
			assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> pool.spawn(() -> 1));
			assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> pool.submit(() -> 1));
			Slot held = elsewhere(() -> pool.enter(LONG));
			GreenThread<Integer> unlucky = pool.submit(() -> 1);
			Reservation next = pool.reserve();
			held.close();
			assertThat(unlucky.exception()).isInstanceOf(OutOfMemoryError.class);
			assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> next.start(() -> 1));
			assertThat(pool.free()).isEqualTo(1);
			assertThat(pool.queued()).isZero();
			shortage.end();
			assertThat(pool.<Integer>submit(() -> 5).get(LONG)).isEqualTo(5);
			assertThat(pool.free()).isEqualTo(1);
		}
	}

	@Test
	void resizingLetsTheLineInOrShedsSlots() throws Exception {
		GreenPool pool = this.scheduler.pool("one", 1);
		List<Slot> slots = new ArrayList<>();
		slots.add(pool.enter(LONG));
		Reservation second = pool.reserve();
		Reservation third = pool.reserve();
		Reservation fourth = pool.reserve();
		pool.resize(3);
		assertThat(pool.active()).isEqualTo(3);
		assertThat(pool.queued()).isEqualTo(1);
		pool.resize(1);
		slots.add(second.await(LONG));
		slots.add(third.await(LONG));
		slots.get(0).close();
		slots.get(1).close();
		assertThat(pool.active()).isEqualTo(1);
		assertThat(pool.queued()).isEqualTo(1);
		slots.get(2).close();
		fourth.await(Duration.ZERO).close();
		assertThat(pool.active()).isZero();
	}

	@Test
	void closeRunsWhatWasAcceptedAndRejectsTheRest() throws Exception {
		GreenPool pool = this.scheduler.pool("one", 1);
		GreenThread<Integer> running = pool.submit(() -> waitAndReturn(1));
		GreenThread<Integer> waiting = pool.submit(() -> 2);
		Thread closer = Thread.ofVirtual().start(pool::close);
		until(() -> rejects(pool));
		this.gate.countDown();
		closer.join();
		assertThat(running.get(LONG)).isEqualTo(1);
		assertThat(waiting.get(LONG)).isEqualTo(2);
		assertThatExceptionOfType(PoolClosedException.class).isThrownBy(() -> pool.submit(() -> 3));
		assertThatExceptionOfType(PoolClosedException.class).isThrownBy(() -> pool.enter(LONG));
		pool.close();
	}

	@Test
	void whoIsStillInLineWhenTheTimeIsOverIsTold() throws Exception {
		GreenScheduler hasty = GreenScheduler.builder().drainTimeout(Duration.ofMillis(50)).build();
		GreenPool pool = hasty.pool("one", 1);
		Slot held = elsewhere(() -> pool.enter(LONG));
		AtomicReference<Throwable> told = new AtomicReference<>();
		Thread waiter = Thread.ofVirtual().start(() -> {
			try (Slot slot = pool.enter(LONG)) {
				assertThat(slot).isNull();
			}
			catch (Exception ex) {
				told.set(ex);
			}
		});
		until(() -> pool.queued() == 1);
		GreenThread<Integer> task = pool.submit(() -> 1);
		pool.close();
		waiter.join();
		assertThat(told.get()).isInstanceOf(PoolClosedException.class);
		assertThat(task.exception()).isInstanceOf(PoolClosedException.class);
		held.close();
		assertThat(pool.free()).isEqualTo(1);
		hasty.close();
	}

	@Test
	void tellsTheListenerAndSurvivesOneThatFails() throws Exception {
		List<String> heard = new CopyOnWriteArrayList<>();
		AtomicReference<PoolGauges> gauges = new AtomicReference<>();
		Observer observer = new Observer() {

			@Override
			public PoolListener pool(String pool, PoolGauges live) {
				gauges.set(live);
				return new PoolListener() {

					@Override
					public void started(Duration waited) {
						heard.add("started " + waited.isNegative());
						throw new StackOverflowError("a listener that fails badly");
					}

					@Override
					public void ended(Duration used) {
						heard.add("ended " + used.isNegative());
						throw new IllegalStateException("a listener that fails");
					}

					@Override
					public void rejected(String reason) {
						heard.add(reason);
					}

				};
			}

		};
		try (GreenScheduler observed = GreenScheduler.builder().observer(observer).build()) {
			GreenPool pool = observed.pool("p").size(1).queueCapacity(0).build();
			Slot slot = elsewhere(() -> pool.enter(LONG));
			assertThat(gauges.get().active()).isEqualTo(1);
			assertThat(gauges.get().size()).isEqualTo(1);
			assertThatExceptionOfType(PoolFullException.class).isThrownBy(() -> pool.enter(LONG));
			assertThatExceptionOfType(PoolFullException.class).isThrownBy(() -> pool.trySpawn(() -> 1, Duration.ZERO));
			slot.close();
			pool.close();
			assertThatExceptionOfType(PoolClosedException.class).isThrownBy(() -> pool.enter(LONG));
			assertThat(pool.free()).isEqualTo(1);
		}
		assertThat(heard).containsExactly("started false", "full", "timeout", "ended false", "closed");
	}

	/** Calls on a thread that is no member of any pool. */
	private static <T> T elsewhere(Callable<T> call) throws Exception {
		FutureTask<T> task = new FutureTask<>(call);
		Thread.ofVirtual().start(task);
		return task.get(LONG.toSeconds(), TimeUnit.SECONDS);
	}

	private int waitAndReturn(int value) throws InterruptedException {
		this.gate.await();
		return value;
	}

	private static boolean rejects(GreenPool pool) {
		try {
			pool.reserve().cancel();
			return false;
		}
		catch (PoolClosedException ex) {
			return true;
		}
		catch (PoolFullException ex) {
			return false;
		}
	}

	private static void until(BooleanSupplier condition) {
		Until.until("the condition", condition);
	}

	@SuppressWarnings("unchecked")
	private static <X extends Throwable> Object sneaky(Throwable failure) throws X {
		throw (X) failure;
	}

}
