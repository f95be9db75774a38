package io.greenroom.green.worker;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.green.DrainReport;
import io.greenroom.green.GreenEvent;
import io.greenroom.green.GreenPool;
import io.greenroom.green.GreenQueue;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThread;
import io.greenroom.green.GreenThreadKilledException;
import io.greenroom.green.Parking;
import io.greenroom.green.SchedulerClosedException;
import io.greenroom.green.Timeout;
import io.greenroom.green.TimeoutExpiredException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@org.junit.jupiter.api.Timeout(60)
class WorkerTests {

	@DisplayName("C01 work runs what was assigned")
	@ParameterizedTest
	@EnumSource
	void workRunsWhatWasAssigned(Worker.Mode mode) {
		try (Worker worker = worker(mode)) {
			List<Integer> seen = new ArrayList<>();
			worker.assign(() -> {
				seen.add(123);
			});
			assertThat(seen).isEmpty();
			assertThat(worker.work()).isTrue();
			assertThat(seen).containsExactly(123);
		}
	}

	@DisplayName("C02 two routines take turns, step by step")
	@ParameterizedTest
	@EnumSource
	void twoRoutinesTakeTurns(Worker.Mode mode) {
		try (Worker worker = worker(mode)) {
			StringBuilder seen = new StringBuilder();
			worker.assign("letters", () -> {
				seen.append("a");
				worker.pause();
				seen.append("z");
				worker.pause();
			});
			worker.assign("counter", () -> {
				for (int i = 1; i <= 4; i++) {
					seen.append(i);
					worker.pause();
				}
			});
			for (String expected : List.of("a", "a1", "a1z", "a1z2", "a1z2", "a1z23", "a1z234")) {
				worker.doNextTask();
				assertThat(seen).hasToString(expected);
			}
		}
	}

	@DisplayName("G28 a worker's green threads have nothing of their maker's inheritable thread locals, and its class loader")
	@ParameterizedTest
	@EnumSource
	void inheritsAsElsewhere(Worker.Mode mode) throws Exception {
		InheritableThreadLocal<String> inherited = new InheritableThreadLocal<>();
		inherited.set("the maker's own");
		Thread maker = Thread.currentThread();
		ClassLoader before = maker.getContextClassLoader();
		ClassLoader loader = new ClassLoader(before) {
		};
		maker.setContextClassLoader(loader);
		try (Worker worker = worker(mode)) {
			assertThat(worker.wrap(() -> Optional.ofNullable(inherited.get()))).isEmpty();
			assertThat(worker.wrap(() -> Thread.currentThread().getContextClassLoader())).isSameAs(loader);
		}
		finally {
			maker.setContextClassLoader(before);
			inherited.remove();
		}
	}

	@DisplayName("C04 wrap runs a routine to its end, and others beside it")
	@ParameterizedTest
	@EnumSource
	void wrapRunsARoutineToItsEnd(Worker.Mode mode) throws Exception {
		try (Worker worker = worker(mode)) {
			AtomicInteger turns = new AtomicInteger();
			worker.repeat(Duration.ZERO, turns::incrementAndGet);
			String result = worker.wrap(() -> {
				worker.sleep(Duration.ofMillis(1));
				return "done";
			});
			assertThat(result).isEqualTo("done");
			assertThat(turns).hasPositiveValue();
			IOException failure = new IOException("out");
			assertThatThrownBy(() -> worker.wrap(() -> {
				throw failure;
			})).isSameAs(failure);
		}
	}

	@DisplayName("C04 wrap says so when nothing can end the routine")
	@ParameterizedTest
	@EnumSource
	void wrapOfAStuckRoutineSaysSo(Worker.Mode mode) {
		try (Worker worker = worker(mode)) {
			assertThatIllegalStateException()
				.isThrownBy(() -> worker.wrap(() -> worker.scheduler().await(new CompletableFuture<>())))
				.withMessageContaining("nothing left to step, but 1 routine waits");
		}
	}

	@DisplayName("C05 a child's value reaches the parent that waits for it")
	@ParameterizedTest
	@EnumSource
	void aChildsValueReachesItsParent(Worker.Mode mode) {
		try (Worker worker = worker(mode)) {
			GreenThread<String> parent = worker
				.assign(() -> "child said " + worker.wrap(() -> 40 + worker.<Integer>wrap(() -> 2)));
			worker.work();
			assertThat(parent.value()).isEqualTo("child said 42");
		}
	}

	@DisplayName("C05 a child's failure reaches the parent, and not the stepper if caught there")
	@ParameterizedTest
	@EnumSource
	void aChildsFailureReachesItsParent(Worker.Mode mode) {
		try (Worker worker = worker(mode)) {
			IOException failure = new IOException("child");
			GreenThread<Throwable> parent = worker.assign(() -> {
				try {
					worker.wrap(() -> {
						throw failure;
					});
					return null;
				}
				catch (Exception caught) {
					return caught;
				}
			});
			worker.work();
			assertThat(parent.value()).isSameAs(failure);
		}
	}

	@DisplayName("C06 a child ends before its parent resumes")
	@ParameterizedTest
	@EnumSource
	void aChildEndsBeforeItsParentResumes(Worker.Mode mode) {
		try (Worker worker = worker(mode)) {
			List<String> seen = new ArrayList<>();
			worker.assign(() -> {
				seen.add("parent waits");
				worker.wrap(() -> {
					seen.add("child begins");
					worker.pause();
					seen.add("child ends");
					return null;
				});
				seen.add("parent resumes");
			});
			worker.work();
			assertThat(seen).containsExactly("parent waits", "child begins", "child ends", "parent resumes");
		}
	}

	@DisplayName("C07 a failure reaches the stepper, the others stay in the line")
	@ParameterizedTest
	@EnumSource
	void aFailureReachesTheStepper(Worker.Mode mode) {
		try (Worker worker = worker(mode)) {
			List<String> seen = new ArrayList<>();
			IOException failure = new IOException("first");
			worker.assign(() -> {
				throw failure;
			});
			worker.assign(() -> {
				seen.add("second");
				worker.pause();
				throw new IllegalArgumentException("second");
			});
			worker.assign(() -> {
				seen.add("third");
			});
			assertThatThrownBy(worker::work).isSameAs(failure);
			assertThat(seen).isEmpty();
			worker.doNextTask();
			assertThat(seen).containsExactly("second");
			worker.doNextTask();
			assertThat(seen).containsExactly("second", "third");
			assertThatIllegalArgumentException().isThrownBy(worker::doNextTask).withMessage("second");
			assertThat(worker.work()).isTrue();
		}
	}

	@DisplayName("C08 tick with nothing in the line does nothing, doNextTask says so")
	@ParameterizedTest
	@EnumSource
	void anEmptyLine(Worker.Mode mode) {
		try (Worker worker = worker(mode)) {
			assertThat(worker.tick()).isFalse();
			assertThatIllegalStateException().isThrownBy(worker::doNextTask)
				.withMessageContaining("no routine is left")
				.withMessageContaining("assign");
			worker.assign(() -> worker.scheduler().await(new CompletableFuture<>()));
			assertThat(worker.tick()).isTrue();
			assertThat(worker.tick()).isFalse();
			assertThatIllegalStateException().isThrownBy(worker::doNextTask).withMessageContaining("1 routine waits");
			assertThat(worker.work()).isFalse();
		}
	}

	@DisplayName("C09 repeat: first at once, then the delay after each end")
	@ParameterizedTest
	@EnumSource
	void repeatWaitsAfterEachEnd(Worker.Mode mode) {
		try (Worker worker = worker(mode)) {
			List<Long> starts = new ArrayList<>();
			worker.repeat(Duration.ofSeconds(10), () -> {
				starts.add(worker.clock().millis());
				worker.sleep(Duration.ofSeconds(3));
			});
			worker.workFor(Duration.ofSeconds(30));
			assertThat(starts).containsExactly(0L, 13_000L, 26_000L);
			assertThatIllegalArgumentException().isThrownBy(() -> worker.repeat(Duration.ofNanos(-1), () -> {
			}));
		}
	}

	@DisplayName("C11 a day of sleeps ends in milliseconds, in the right order")
	@ParameterizedTest
	@EnumSource
	void aDayOfSleeps(Worker.Mode mode) {
		try (Worker worker = worker(mode)) {
			List<String> seen = new ArrayList<>();
			worker.assign(() -> {
				worker.sleep(Duration.ofHours(24));
				seen.add("day");
			});
			worker.assign(() -> {
				for (int i = 1; i <= 23; i++) {
					worker.sleep(Duration.ofHours(1));
					seen.add("hour " + i);
				}
			});
			worker.scheduler().spawnLater(Duration.ofMinutes(90), () -> {
				seen.add("later");
			});
			long before = System.nanoTime();
			assertThat(worker.work()).isTrue();
			assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(30));
			assertThat(seen).startsWith("hour 1", "later", "hour 2").endsWith("hour 23", "day").hasSize(25);
			assertThat(worker.clock().instant()).isEqualTo(Instant.EPOCH.plus(Duration.ofDays(1)));
		}
	}

	@DisplayName("C13 spawn inside a routine: the parent goes on, the child is stepped beside it")
	@ParameterizedTest
	@EnumSource
	void spawnInsideARoutine(Worker.Mode mode) {
		try (Worker worker = worker(mode)) {
			List<String> seen = new ArrayList<>();
			worker.assign(() -> {
				worker.scheduler().spawn(() -> {
					seen.add("child 1");
					worker.pause();
					seen.add("child 2");
				});
				seen.add("parent 1");
				worker.pause();
				seen.add("parent 2");
			});
			worker.work();
			assertThat(seen).containsExactly("parent 1", "child 1", "parent 2", "child 2");
		}
	}

	@DisplayName("C14 sleep resumes not before its time, others run, nothing spins")
	@ParameterizedTest
	@EnumSource
	void sleepLetsOthersRun(Worker.Mode mode) {
		List<String> steps = new ArrayList<>();
		try (Worker worker = Worker.builder().mode(mode).onStep(steps::add).build()) {
			List<String> seen = new ArrayList<>();
			worker.assign("sleeper", () -> {
				worker.sleep(Duration.ofSeconds(1));
				seen.add("slept until " + worker.clock().millis());
			});
			worker.assign("other", () -> {
				seen.add("other");
				worker.pause();
				seen.add("other again");
			});
			worker.work();
			assertThat(seen).containsExactly("other", "other again", "slept until 1000");
			assertThat(steps).containsExactly("sleeper", "other", "other", "sleeper");
		}
	}

	@DisplayName("C15 two workers are independent of each other")
	@ParameterizedTest
	@EnumSource
	void twoWorkersAreIndependent(Worker.Mode mode) {
		try (Worker one = worker(mode); Worker other = worker(mode)) {
			List<String> seen = new ArrayList<>();
			one.assign(() -> {
				one.sleep(Duration.ofHours(1));
				seen.add("one");
			});
			GreenThread<?> failing = other.assign(() -> {
				seen.add("other");
				throw new IOException();
			});
			one.tick();
			assertThat(failing.isDone()).isFalse();
			assertThatThrownBy(other::work).isInstanceOf(IOException.class);
			assertThat(seen).containsExactly("other");
			assertThat(one.work()).isTrue();
			assertThat(other.clock().instant()).isEqualTo(Instant.EPOCH);
			assertThat(one.clock().instant()).isEqualTo(Instant.EPOCH.plusSeconds(3600));
		}
	}

	@DisplayName("C15 one worker's routine wakes another's")
	@ParameterizedTest
	@EnumSource
	void aRoutineOfOneWorkerWakesOneOfAnother(Worker.Mode mode) {
		try (Worker one = worker(mode); Worker other = worker(mode)) {
			CompletableFuture<String> between = new CompletableFuture<>();
			GreenThread<String> waiting = one.assign(() -> one.scheduler().await(between));
			assertThat(one.work()).isFalse();
			other.assign(() -> {
				between.complete("hello");
			});
			other.work();
			assertThat(one.work()).isTrue();
			assertThat(waiting.value()).isEqualTo("hello");
		}
	}

	@DisplayName("C16 stop ends the work, endless routines stay")
	@ParameterizedTest
	@EnumSource
	void stopEndsTheWork(Worker.Mode mode) {
		try (Worker worker = worker(mode)) {
			AtomicInteger turns = new AtomicInteger();
			worker.repeat(Duration.ZERO, turns::incrementAndGet);
			worker.repeat(Duration.ZERO, () -> {
				if (turns.get() == 1000) {
					worker.stop();
				}
			});
			assertThat(worker.work()).isFalse();
			assertThat(turns).hasValue(1000);
			worker.doNextTask();
			assertThat(turns).hasValue(1001);
		}
	}

	@DisplayName("C16 stop from another thread ends the work; before it, it does nothing")
	@ParameterizedTest
	@EnumSource
	void stopFromAnotherThread(Worker.Mode mode) {
		try (Worker worker = worker(mode)) {
			AtomicInteger turns = new AtomicInteger();
			worker.stop();
			worker.repeat(Duration.ZERO, () -> {
				if (turns.incrementAndGet() == 10) {
					Thread.ofPlatform().start(worker::stop);
				}
			});
			assertThat(worker.work()).isFalse();
			assertThat(turns).hasValueGreaterThanOrEqualTo(10);
		}
	}

	@DisplayName("C16 workFor ends the work, also of those that only yield")
	@ParameterizedTest
	@EnumSource
	void workForEndsTheWork(Worker.Mode mode) {
		try (Worker worker = worker(mode)) {
			AtomicInteger turns = new AtomicInteger();
			worker.repeat(Duration.ZERO, turns::incrementAndGet);
			worker.repeat(Duration.ZERO, turns::incrementAndGet);
			assertThat(worker.workFor(Duration.ofMillis(1))).isFalse();
			assertThat(worker.clock().instant()).isEqualTo(Instant.EPOCH.plusMillis(1));
			assertThat(turns).hasValueBetween(1000, 3000);
			assertThatIllegalArgumentException().isThrownBy(() -> worker.workFor(Duration.ofMillis(-1)));
		}
	}

	@DisplayName("C16 what is due when workFor ends has begun: all of it, in any order, beside routines that only yield, and at that time")
	@ParameterizedTest
	@EnumSource
	void workForBeginsWhatIsDue(Worker.Mode mode) {
		beginsWhatIsDue(Worker.builder().mode(mode));
		for (Worker.Strategy strategy : Worker.Strategy.values()) {
			for (int seed = 0; seed < 50; seed++) {
				beginsWhatIsDue(Worker.builder().mode(mode).seed(seed).strategy(strategy));
			}
		}
	}

	private static void beginsWhatIsDue(Worker.Builder builder) {
		try (Worker worker = builder.build()) {
			Duration length = Duration.ofSeconds(1);
			List<String> begun = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				worker.assign(() -> {
					worker.sleep(length);
					begun.add("sleeper at " + worker.clock().instant());
				});
				worker.scheduler().spawnLater(length, () -> {
					begun.add("delayed at " + worker.clock().instant());
				});
				worker.scheduler().spawnLater(length.minusNanos(5_000), () -> {
					while (true) {
						worker.pause();
					}
				});
			}
			worker.workFor(length);
			assertThat(begun).as("%s", worker)
				.hasSize(6)
				.allMatch((what) -> what.endsWith(" at " + Instant.EPOCH.plus(length)));
			assertThat(worker.clock().instant()).isEqualTo(Instant.EPOCH.plus(length));
		}
	}

	@DisplayName("C16 workFor with nothing to do lets the time pass")
	@ParameterizedTest
	@EnumSource
	void workForLetsTheTimePass(Worker.Mode mode) {
		try (Worker worker = worker(mode)) {
			assertThat(worker.workFor(Duration.ofDays(3))).isTrue();
			assertThat(worker.clock().instant()).isEqualTo(Instant.EPOCH.plus(Duration.ofDays(3)));
		}
	}

	@DisplayName("C16 an interrupt of the stepping thread ends the work")
	@ParameterizedTest
	@EnumSource
	void anInterruptEndsTheWork(Worker.Mode mode) {
		try (Worker worker = worker(mode)) {
			worker.assign(() -> {
			});
			Thread.currentThread().interrupt();
			assertThat(worker.work()).isFalse();
			assertThat(Thread.interrupted()).isTrue();
			assertThat(worker.work()).isTrue();
		}
	}

	@DisplayName("G06 step: a thread killed straight after spawn never runs, links once, for one and for all")
	@ParameterizedTest
	@EnumSource
	void killedStraightAfterSpawn(Worker.Mode mode) {
		try (Worker worker = worker(mode)) {
			List<String> seen = new ArrayList<>();
			AtomicInteger links = new AtomicInteger();
			worker.assign(() -> {
				List<GreenThread<Void>> spawned = new ArrayList<>();
				for (int i = 0; i < 5; i++) {
					GreenThread<Void> thread = worker.scheduler().spawn(() -> {
						seen.add("ran");
					});
					thread.link((ended) -> links.incrementAndGet());
					spawned.add(thread);
				}
				spawned.getFirst().kill();
				spawned.forEach(GreenThread::kill);
				assertThat(spawned).allMatch(GreenThread::isDone);
			});
			assertThat(worker.work()).isTrue();
			assertThat(seen).isEmpty();
			assertThat(links).hasValue(5);
		}
	}

	@DisplayName("G24 two threads that yield: 1A 2A 1B 2B")
	@ParameterizedTest
	@EnumSource
	void twoThreadsThatYield(Worker.Mode mode) {
		try (Worker worker = worker(mode)) {
			List<String> seen = new ArrayList<>();
			for (String name : List.of("1", "2")) {
				worker.scheduler().spawn(() -> {
					seen.add(name + "A");
					Parking.pause();
					seen.add(name + "B");
				});
			}
			worker.work();
			assertThat(seen).containsExactly("1A", "2A", "1B", "2B");
		}
	}

	@DisplayName("G04 a kill wakes a routine wherever it waits, and its clean-up runs")
	@ParameterizedTest
	@EnumSource
	void aKillWakesAWaitingRoutine(Worker.Mode mode) {
		try (Worker worker = worker(mode)) {
			List<String> seen = new ArrayList<>();
			GreenThread<Void> sleeper = worker.assign("sleeper", () -> {
				try {
					worker.sleep(Duration.ofDays(1));
				}
				finally {
					seen.add("cleaned up at " + worker.clock().millis());
				}
			});
			worker.assign(() -> {
				worker.sleep(Duration.ofMillis(5));
				sleeper.kill();
				sleeper.join();
				seen.add("joined");
			});
			assertThat(worker.work()).isTrue();
			assertThat(seen).containsExactly("cleaned up at 5", "joined");
		}
	}

	@DisplayName("A timed wait ends at its time, and not before, whether or not it is met")
	@ParameterizedTest
	@EnumSource
	void timedWaits(Worker.Mode mode) {
		try (Worker worker = worker(mode)) {
			List<String> seen = new ArrayList<>();
			GreenThread<Void> slow = worker.assign(() -> worker.sleep(Duration.ofSeconds(10)));
			worker.assign(() -> {
				seen.add(slow.join(Duration.ofSeconds(4)) + " at " + worker.clock().instant().getEpochSecond());
				seen.add(slow.join(Duration.ofSeconds(10)) + " at " + worker.clock().instant().getEpochSecond());
			});
			worker.work();
			assertThat(seen).containsExactly("false at 4", "true at 10");
		}
	}

	@DisplayName("U01 who is unparked twice while parked has one wake, and its next wait lasts its time")
	@ParameterizedTest
	@EnumSource
	void unparkedTwice(Worker.Mode mode) {
		try (Worker worker = worker(mode)) {
			List<String> seen = new ArrayList<>();
			AtomicReference<Thread> parked = new AtomicReference<>();
			worker.assign(() -> {
				parked.set(Thread.currentThread());
				Parking.park(this);
				Parking.parkNanos(this, Duration.ofSeconds(4).toNanos());
				seen.add("at " + worker.clock().instant().getEpochSecond());
			});
			worker.assign(() -> {
				Parking.unpark(parked.get());
				Parking.unpark(parked.get());
			});
			worker.work();
			assertThat(seen).containsExactly("at 4");
		}
	}

	@DisplayName("P25 a wait on the stepping thread is rejected with the remedy; what is there already is returned")
	@ParameterizedTest
	@EnumSource
	void aWaitOnTheSteppingThreadIsRejected(Worker.Mode mode) throws Exception {
		try (Worker worker = worker(mode)) {
			GreenScheduler scheduler = worker.scheduler();
			assertThatIllegalStateException().isThrownBy(() -> scheduler.await(new CompletableFuture<>()))
				.withMessageContaining("steps worker 'worker'")
				.withMessageContaining("worker.assign");
			GreenThread<String> thread = worker.assign(() -> "value");
			assertThatIllegalStateException().isThrownBy(thread::get).withMessageContaining("worker.work()");
			assertThat(scheduler.<String>await(CompletableFuture.completedFuture("ready"))).isEqualTo("ready");
			worker.work();
			assertThat(thread.get()).isEqualTo("value");
		}
	}

	@DisplayName("P25 a wait for a slot on the stepping thread is rejected, and leaves no place behind")
	@ParameterizedTest
	@EnumSource
	void aWaitForASlotOnTheSteppingThreadIsRejected(Worker.Mode mode) {
		try (Worker worker = worker(mode)) {
			GreenPool pool = worker.scheduler().pool("one", 1);
			pool.submit(() -> worker.sleep(Duration.ofSeconds(1)));
			assertThatIllegalStateException().isThrownBy(() -> pool.spawn(() -> {
			})).withMessageContaining("slot of pool 'one'");
			worker.work();
			assertThat(pool.free()).isEqualTo(1);
		}
	}

	@DisplayName("A pool's tasks run and wait in the worker's time, in the order of submission")
	@ParameterizedTest
	@EnumSource
	void aPoolUnderAWorker(Worker.Mode mode) {
		try (Worker worker = worker(mode)) {
			List<String> seen = new ArrayList<>();
			GreenPool pool = worker.scheduler().pool("two", 2);
			worker.assign(() -> {
				for (int i = 0; i < 5; i++) {
					int number = i;
					pool.spawn(() -> {
						worker.sleep(Duration.ofHours(1));
						seen.add(number + " at " + worker.clock().instant().getEpochSecond() / 3600);
					});
				}
			});
			assertThat(worker.work()).isTrue();
			assertThat(seen).containsExactly("0 at 1", "1 at 1", "2 at 2", "3 at 2", "4 at 3");
		}
	}

	@DisplayName("A drain on the stepping thread steps what is left, in the worker's time")
	@ParameterizedTest
	@EnumSource
	void aDrainSteps(Worker.Mode mode) {
		try (Worker worker = worker(mode)) {
			List<String> seen = new ArrayList<>();
			GreenPool pool = worker.scheduler().pool("one", 1);
			for (int i = 0; i < 3; i++) {
				pool.submit(() -> {
					worker.sleep(Duration.ofMinutes(1));
					seen.add("minute " + worker.clock().instant().getEpochSecond() / 60);
				});
			}
			worker.scheduler().spawn("endless", () -> worker.sleep(Duration.ofDays(365)));
			DrainReport report = worker.scheduler().drain(Duration.ofHours(1));
			assertThat(seen).containsExactly("minute 1", "minute 2", "minute 3");
			assertThat(report.killed()).containsExactly("endless");
			assertThat(report.stuck()).isEmpty();
		}
	}

	@DisplayName("G25 under a worker a yield spinner meets its timeout, exactly in the worker's time")
	@ParameterizedTest
	@EnumSource
	void aSpinnerMeetsItsTimeout(Worker.Mode mode) {
		try (Worker worker = worker(mode)) {
			List<String> seen = new ArrayList<>();
			worker.assign(() -> {
				try {
					Timeout.after(Duration.ofMillis(10)).run(() -> {
						while (true) {
							worker.sleep(Duration.ZERO);
						}
					});
				}
				catch (TimeoutExpiredException expired) {
					seen.add("expired at " + worker.clock().millis());
				}
				Timeout.after(Duration.ofHours(2)).run(() -> worker.sleep(Duration.ofHours(1)));
				seen.add("hour passed");
			});
			assertThat(worker.work()).isTrue();
			assertThat(seen).containsExactly("expired at 10", "hour passed");
		}
	}

	@DisplayName("Q12 E01 under a worker queues and events wait in the worker's turns and time")
	@ParameterizedTest
	@EnumSource
	void queuesAndEventsUnderAWorker(Worker.Mode mode) {
		try (Worker worker = worker(mode)) {
			List<String> seen = new ArrayList<>();
			GreenQueue<Integer> queue = new GreenQueue<>(1);
			GreenEvent event = new GreenEvent();
			worker.assign(() -> {
				for (int i = 0; i < 3; i++) {
					queue.put(i);
				}
				event.set();
			});
			worker.assign(() -> {
				for (int i = 0; i < 3; i++) {
					seen.add("got " + queue.take());
				}
			});
			worker.assign(() -> {
				seen.add("set " + event.await(Duration.ofHours(1)));
			});
			assertThat(worker.work()).isTrue();
			assertThat(seen).containsExactly("got 0", "got 1", "got 2", "set true");
			assertThat(worker.clock().millis()).isZero();
		}
	}

	@DisplayName("A routine that steps its own worker is told not to; so is a second stepper")
	@ParameterizedTest
	@EnumSource
	void onlyOneSteps(Worker.Mode mode) throws Exception {
		try (Worker worker = worker(mode)) {
			worker.assign(worker::tick);
			assertThatIllegalStateException().isThrownBy(worker::work).withMessageContaining("inside a routine");
			AtomicReference<Throwable> rejected = new AtomicReference<>();
			worker.assign(() -> {
				Thread second = Thread.ofPlatform().start(() -> {
					try {
						worker.tick();
					}
					catch (IllegalStateException ex) {
						rejected.set(ex);
					}
				});
				while (second.isAlive()) {
					Thread.onSpinWait();
				}
			});
			worker.work();
			assertThat(rejected.get()).hasMessageContaining("one thread at a time");
			assertThatIllegalStateException().isThrownBy(() -> worker.sleep(Duration.ofSeconds(1)))
				.withMessageContaining("not one of its routines");
		}
	}

	@DisplayName("close kills what is left, lets it clean up, and rejects what comes later")
	@ParameterizedTest
	@EnumSource
	void closeKillsWhatIsLeft(Worker.Mode mode) {
		List<String> seen = new ArrayList<>();
		Worker worker = worker(mode);
		GreenThread<Void> waiting = worker.assign(() -> {
			try {
				worker.scheduler().await(new CompletableFuture<>());
			}
			finally {
				seen.add("cleaned up");
			}
		});
		worker.repeat(Duration.ZERO, () -> {
		});
		worker.workFor(Duration.ofNanos(10_000));
		worker.close();
		worker.close();
		assertThat(seen).containsExactly("cleaned up");
		assertThat(waiting.exception()).isInstanceOf(GreenThreadKilledException.class);
		assertThatThrownBy(() -> worker.assign(() -> {
		})).isInstanceOf(SchedulerClosedException.class);
	}

	private static Worker worker(Worker.Mode mode) {
		return Worker.builder().mode(mode).build();
	}

}
