package io.greenroom.green;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

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

@Timeout(60)
@CloseSchedulers
class GreenScopeTests {

	private static final Duration LONG = Duration.ofSeconds(10);

	private final CountingObserver observer = new CountingObserver();

	private final GreenScheduler scheduler = GreenScheduler.builder().name("stage").observer(this.observer).build();

	@AfterEach
	void drained() {
		assertThat(this.observer.live()).isZero();
		assertThat(this.observer.failures()).isEmpty();
	}

	@Test
	@DisplayName("G18 a scope that ends normally has joined its children, those of its children too")
	void normalEnd() throws InterruptedException {
		AtomicInteger done = new AtomicInteger();
		Thread joining = Thread.currentThread();
		try (GreenScope scope = this.scheduler.scope()) {
			GreenThread<String> first = scope.spawn("first", () -> "first");
			scope.spawn(() -> {
				scope.spawn("grandchild", () -> {
					Until.waiting(joining);
					done.incrementAndGet();
				});
			});
			scope.join();
			assertThat(first.value()).isEqualTo("first");
		}
		assertThat(done).hasValue(1);
	}

	@Test
	@DisplayName("G18 a body error kills the children, waits for them, and has what they threw as suppressed")
	void bodyError() {
		AtomicReference<GreenThread<Void>> child = new AtomicReference<>();
		IllegalStateException curtain = new IllegalStateException("curtain");
		IllegalStateException cleanUp = new IllegalStateException("clean-up");
		IllegalStateException own = new IllegalStateException("own");
		assertThatIllegalStateException().isThrownBy(() -> {
			try (GreenScope scope = this.scheduler.scope()) {
				CountDownLatch running = new CountDownLatch(1);
				child.set(scope.spawn(() -> {
					try {
						running.countDown();
						new CountDownLatch(1).await();
					}
					finally {
						failIn(cleanUp);
					}
				}));
				scope.spawn(() -> {
					throw own;
				}).join();
				running.await();
				throw curtain;
			}
		}).satisfies((thrown) -> {
			assertThat(thrown).isSameAs(curtain);
			assertThat(thrown.getSuppressed()).containsExactly(own);
			assertThat(own.getSuppressed()).containsExactly(cleanUp);
		});
		assertThat(child.get().isDone()).isTrue();
	}

	private static void failIn(RuntimeException failure) {
		throw failure;
	}

	@Test
	@DisplayName("G18 a child that fails ends the others, and join throws its failure")
	void childError() {
		AtomicInteger cleanedUp = new AtomicInteger();
		IllegalStateException failure = new IllegalStateException("tripped");
		assertThatIllegalStateException().isThrownBy(() -> {
			try (GreenScope scope = this.scheduler.scope()) {
				CountDownLatch running = new CountDownLatch(1);
				scope.spawn(() -> {
					try {
						running.countDown();
						new CountDownLatch(1).await();
					}
					finally {
						cleanedUp.incrementAndGet();
					}
				});
				scope.spawn(() -> {
					running.await();
					throw failure;
				});
				scope.join();
			}
		}).satisfies((thrown) -> {
			assertThat(thrown).isSameAs(failure);
			assertThat(thrown.getSuppressed()).isEmpty();
		});
		assertThat(cleanedUp).hasValue(1);
	}

	@Test
	@DisplayName("G18 a block left without join while children run is an error that says so")
	void withoutJoin() {
		assertThatIllegalStateException().isThrownBy(() -> {
			try (GreenScope scope = this.scheduler.scope()) {
				scope.spawn("forgotten", () -> new CountDownLatch(1).await());
			}
		}).withMessageContaining("forgotten").withMessageContaining("join()");
	}

	@Test
	@DisplayName("G18 join with a limit leaves the children to the close")
	void joinWithLimit() {
		assertThatIllegalStateException().isThrownBy(() -> {
			try (GreenScope scope = this.scheduler.scope()) {
				scope.spawn("slow", () -> new CountDownLatch(1).await());
				assertThat(scope.join(Duration.ofMillis(10))).isFalse();
			}
		}).withMessageContaining("slow");
	}

	@Test
	@DisplayName("G18 a scope that was killed ends its children, and is not reproached with them")
	void killedScope() throws Exception {
		List<GreenThread<Void>> children = new ArrayList<>();
		CountDownLatch running = new CountDownLatch(2);
		try (GreenScope scope = this.scheduler.scope()) {
			for (int i = 0; i < 2; i++) {
				children.add(scope.spawn(() -> {
					running.countDown();
					new CountDownLatch(1).await();
				}));
			}
			running.await();
			scope.kill();
		}
		assertThat(children).allMatch(GreenThread::isDone);
		CountDownLatch cleaningUp = new CountDownLatch(1);
		CountDownLatch cleanUp = new CountDownLatch(1);
		try (GreenScope scope = this.scheduler.scope()) {
			CountDownLatch begun = new CountDownLatch(1);
			children.add(scope.spawn(() -> {
				try {
					begun.countDown();
					new CountDownLatch(1).await();
				}
				finally {
					cleaningUp.countDown();
					cleanUp.await();
				}
			}));
			begun.await();
			assertThatIllegalArgumentException().isThrownBy(() -> scope.kill(Duration.ofMillis(-1)));
			assertThat(scope.kill(Duration.ZERO)).isFalse();
			cleaningUp.await();
			cleanUp.countDown();
			assertThat(scope.kill(LONG)).isTrue();
		}
		assertThat(children).allMatch(GreenThread::isDone);
	}

	@Test
	void closeIsNotCutShortByAnInterrupt() {
		AtomicInteger cleanedUp = new AtomicInteger();
		CountDownLatch running = new CountDownLatch(1);
		Thread closing = Thread.currentThread();
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> {
			try (GreenScope scope = this.scheduler.scope()) {
				scope.spawn(() -> {
					try {
						running.countDown();
						new CountDownLatch(1).await();
					}
					finally {
						Until.waiting(closing);
						cleanedUp.incrementAndGet();
					}
				});
				running.await();
				Thread.currentThread().interrupt();
				try {
					scope.join();
				}
				finally {
					Thread.currentThread().interrupt();
				}
			}
		});
		assertThat(Thread.interrupted()).isTrue();
		assertThat(cleanedUp).hasValue(1);
	}

	@Test
	void closedScopeRejectsChildren() throws InterruptedException {
		GreenScope scope = this.scheduler.scope();
		scope.join();
		scope.close();
		scope.close();
		assertThatIllegalStateException().isThrownBy(() -> scope.spawn("late", () -> 1))
			.withMessageContaining("late")
			.withMessageContaining("closed");
	}

}
