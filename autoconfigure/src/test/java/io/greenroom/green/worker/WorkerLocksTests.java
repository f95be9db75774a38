package io.greenroom.green.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;

import io.greenroom.testkit.Until;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Routines that meet locks of the JDK which threads outside of the worker hold, as those
 * of logs and of other libraries.
 */
@Timeout(60)
class WorkerLocksTests {

	private static final int ROUNDS = 50;

	@DisplayName("C12 a lock that is contended from outside all the time leaves the trace as it is")
	@ParameterizedTest
	@EnumSource
	void contendedFromOutside(Guard guard) throws Exception {
		for (Worker.Mode mode : Worker.Mode.values()) {
			List<String> alone = trace(mode, guard.make());
			Lock lock = guard.make();
			CountDownLatch end = new CountDownLatch(1);
			Thread outside = Thread.ofPlatform().start(() -> {
				while (end.getCount() > 0) {
					lock.run(() -> spin(1_000));
					spin(3_000);
				}
			});
			try {
				for (int round = 0; round < ROUNDS; round++) {
					assertThat(trace(mode, lock)).as("%s, round %s", mode, round).isEqualTo(alone);
				}
			}
			finally {
				end.countDown();
				outside.join();
			}
		}
	}

	private static void spin(int times) {
		for (int i = 0; i < times; i++) {
			Thread.onSpinWait();
		}
	}

	private static List<String> trace(Worker.Mode mode, Lock lock) {
		List<String> trace = new ArrayList<>();
		try (Worker worker = Worker.builder().mode(mode).seed(5).onStep(trace::add).build()) {
			for (int i = 0; i < 4; i++) {
				worker.assign("r" + i, () -> {
					for (int k = 0; k < 10; k++) {
						lock.run(() -> {
						});
						worker.pause();
						lock.run(() -> {
						});
						worker.sleep(Duration.ofMillis(1));
					}
				});
			}
			assertThat(worker.work()).isTrue();
		}
		return trace;
	}

	@Test
	@DisplayName("C12 U04 a step waits for a lock that is held outside, and nothing is taken for stuck")
	void heldOutside() throws Exception {
		ReentrantLock lock = new ReentrantLock();
		List<String> trace = new ArrayList<>();
		try (Worker worker = Worker.builder().mode(Worker.Mode.ONE_CARRIER).onStep(trace::add).build()) {
			CountDownLatch held = new CountDownLatch(1);
			Thread outside = Thread.ofPlatform().start(() -> {
				lock.lock();
				try {
					held.countDown();
					Until.until("the routine to wait", lock::hasQueuedThreads);
				}
				finally {
					lock.unlock();
				}
			});
			held.await();
			worker.assign("first", () -> {
				lock.lock();
				lock.unlock();
			});
			worker.assign("second", () -> {
			});
			worker.finish();
			outside.join();
		}
		assertThat(trace).containsExactly("first", "second");
	}

	@DisplayName("C12 a lock that a routine holds while it waits ends the step of those that want it")
	@ParameterizedTest
	@EnumSource
	void heldByARoutine(Guard guard) {
		List<String> order = new ArrayList<>();
		try (Worker worker = Worker.builder().mode(Worker.Mode.ONE_CARRIER).build()) {
			Lock lock = guard.make();
			worker.assign("holder", () -> lock.run(() -> {
				worker.pause();
				order.add("holder");
			}));
			worker.assign("other", () -> lock.run(() -> order.add("other")));
			worker.assign("third", () -> order.add("third"));
			worker.finish();
		}
		assertThat(order).containsExactlyInAnyOrder("holder", "other", "third");
		assertThat(order.indexOf("holder")).isLessThan(order.indexOf("other"));
	}

	@Test
	@DisplayName("C12 U04 routines that hold a lock each and want the other's are stuck, and so is one that wants the stepper's")
	void stuck() {
		ReentrantLock left = new ReentrantLock();
		ReentrantLock right = new ReentrantLock();
		ReentrantLock own = new ReentrantLock();
		own.lock();
		try (Worker worker = Worker.builder().mode(Worker.Mode.ONE_CARRIER).build()) {
			for (List<ReentrantLock> both : Arrays.asList(List.of(left, right), List.of(right, left))) {
				worker.assign("nested", () -> {
					both.getFirst().lockInterruptibly();
					worker.pause();
					both.getLast().lockInterruptibly();
				});
			}
			worker.assign("one", own::lockInterruptibly);
			for (ThrowingCallable run : List.<ThrowingCallable>of(worker::finish, worker::doNextTask,
					() -> worker.settle(List.of()))) {
				assertThatExceptionOfType(WorkerStuckException.class).isThrownBy(run)
					.withMessageContaining("'nested' waits for a ReentrantLock")
					.withMessageContaining("'one' waits for a ReentrantLock");
			}
		}
		finally {
			own.unlock();
		}
	}

	/** A lock of the JDK. */
	enum Guard {

		REENTRANT {
			@Override
			Lock make() {
				return guarded(new ReentrantLock());
			}
		},

		FAIR {
			@Override
			Lock make() {
				return guarded(new ReentrantLock(true));
			}
		},

		WRITE {
			@Override
			Lock make() {
				return guarded(new ReentrantReadWriteLock().writeLock());
			}
		},

		STAMPED {
			@Override
			Lock make() {
				return guarded(new StampedLock().asWriteLock());
			}
		},

		MONITOR {
			@Override
			Lock make() {
				Object monitor = new Object();
				return (body) -> {
					synchronized (monitor) {
						body.run();
					}
				};
			}
		};

		abstract Lock make();

		private static Lock guarded(java.util.concurrent.locks.Lock lock) {
			return (body) -> {
				lock.lock();
				try {
					body.run();
				}
				finally {
					lock.unlock();
				}
			};
		}

	}

	/** Runs something while it is held. */
	@FunctionalInterface
	interface Lock {

		void run(Runnable body);

	}

}
