package io.greenroom.green;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import io.greenroom.green.worker.Worker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Straight-line code over stages. Most run under a worker, step by step. */
@Timeout(30)
class SequenceTests {

	private Worker worker;

	private GreenScheduler scheduler;

	@BeforeEach
	void open() {
		this.worker = Worker.create();
		this.scheduler = this.worker.scheduler();
	}

	@AfterEach
	void close() {
		this.worker.close();
	}

	@Test
	@DisplayName("I01 await a value, then a failure that is caught, gives the final value")
	void aValueThenACaughtFailure() {
		CompletableFuture<Integer> first = new CompletableFuture<>();
		CompletableFuture<Integer> second = new CompletableFuture<>();
		CompletableFuture<String> sequence = sequence(() -> {
			int value = this.scheduler.await(first);
			try {
				this.scheduler.await(second);
				return "not reached";
			}
			catch (Exception failure) {
				return value + " then " + failure.getMessage();
			}
		});
		first.complete(9);
		this.worker.work();
		assertThat(sequence).isNotDone();
		second.completeExceptionally(new IOException("boom"));
		this.worker.work();
		assertThat(sequence).isCompletedWithValue("9 then boom");
	}

	@Test
	@DisplayName("I01 a failure arrives as the very object, also from a stage that depends on the one that failed")
	void theVeryFailure() {
		IOException failure = new IOException("boom");
		CompletableFuture<String> source = CompletableFuture.failedFuture(failure);
		List<CompletionStage<String>> stages = List.of(source, source.thenApply((value) -> value),
				source.minimalCompletionStage(), CompletableFuture.completedFuture("x").thenCompose((value) -> source));
		for (CompletionStage<String> stage : stages) {
			CompletableFuture<Throwable> sequence = sequence(() -> {
				try {
					this.scheduler.await(stage);
					return null;
				}
				catch (Exception caught) {
					return caught;
				}
			});
			assertThat(sequence.join()).isSameAs(failure);
		}
	}

	@Test
	@DisplayName("I03 thousands of ready values do not grow the stack")
	void readyValuesDoNotGrowTheStack() {
		CompletableFuture<List<Long>> sequence = sequence(() -> {
			List<Long> depths = new ArrayList<>();
			for (int i = 0; i < 5000; i++) {
				int value = this.scheduler.await(CompletableFuture.completedFuture(i));
				if (value % 1000 == 0 || value == 4999) {
					depths.add(StackWalker.getInstance().walk((frames) -> frames.count()));
				}
			}
			return depths;
		});
		assertThat(sequence.join()).hasSize(6).containsOnly(sequence.join().getFirst());
	}

	@Test
	@DisplayName("I03 thousands of values that another thread brings do not grow the stack")
	void broughtValuesDoNotGrowTheStack() {
		CompletableFuture<Integer> sequence = sequence(() -> {
			int sum = 0;
			for (int i = 0; i < 5000; i++) {
				sum += this.scheduler.await(this.scheduler.spawn(() -> 1).toFuture());
			}
			return sum;
		});
		assertThat(sequence.join()).isEqualTo(5000);
	}

	@Test
	@DisplayName("I05 three levels: entered and left in order, results passed up")
	void threeLevels() {
		List<String> seen = new ArrayList<>();
		CompletableFuture<String> outer = sequence(() -> {
			seen.add("enter 1");
			String below = this.scheduler.await(sequenceLater(() -> {
				seen.add("enter 2");
				String deepest = this.scheduler.await(sequenceLater(() -> {
					seen.add("enter 3");
					this.scheduler.sleep(Duration.ofSeconds(1));
					seen.add("exit 3");
					return "three";
				}));
				seen.add("exit 2");
				return "two " + deepest;
			}));
			seen.add("exit 1");
			return "one " + below;
		});
		assertThat(outer).isCompletedWithValue("one two three");
		assertThat(seen).containsExactly("enter 1", "enter 2", "enter 3", "exit 3", "exit 2", "exit 1");
	}

	@Test
	@DisplayName("I06 cancel of the outer cancels what it waits for; the outer fails as cancelled")
	void cancelReachesWhatIsAwaited() {
		CompletableFuture<String> awaited = new CompletableFuture<>();
		CompletableFuture<String> outer = sequence(() -> this.scheduler.await(awaited));
		outer.cancel(true);
		this.worker.work();
		assertThat(awaited).isCancelled();
		assertThat(outer).isCancelled();
		assertThatThrownBy(outer::get).isInstanceOf(CancellationException.class);
	}

	@Test
	@DisplayName("I06 cancel goes through all levels, the innermost first")
	void cancelGoesThroughAllLevels() {
		List<String> seen = new ArrayList<>();
		CompletableFuture<String> awaited = new CompletableFuture<>();
		CompletableFuture<?>[] levels = new CompletableFuture<?>[2];
		levels[0] = sequence(() -> {
			try {
				levels[1] = sequenceLater(() -> {
					try {
						return this.scheduler.await(awaited);
					}
					finally {
						seen.add("inner left");
					}
				});
				return this.scheduler.await(levels[1]);
			}
			finally {
				seen.add("outer left");
			}
		});
		levels[0].cancel(false);
		this.worker.work();
		assertThat(List.of(levels[0], levels[1], awaited)).allMatch(CompletableFuture::isCancelled);
		assertThat(seen).containsExactlyInAnyOrder("outer left", "inner left");
	}

	@Test
	@DisplayName("I06 a wait that begins after the cancel cancels its stage, too")
	void aWaitAfterTheCancel() {
		CompletableFuture<String> awaited = new CompletableFuture<>();
		CompletableFuture<String> outer = sequence(() -> {
			Thread.currentThread().interrupt();
			return this.scheduler.await(awaited);
		});
		assertThat(awaited).isCancelled();
		assertThatThrownBy(outer::get).hasCauseInstanceOf(InterruptedException.class);
	}

	@Test
	@DisplayName("I07 the body catches the first cancel and goes on: not done; a second one ends it")
	void theFirstCancelIsCaught() {
		CompletableFuture<String> first = new CompletableFuture<>();
		CompletableFuture<String> second = new CompletableFuture<>();
		CompletableFuture<String> outer = sequence(() -> {
			try {
				return this.scheduler.await(first);
			}
			catch (InterruptedException ignored) {
				return this.scheduler.await(second);
			}
		});
		outer.cancel(true);
		this.worker.work();
		assertThat(first).isCancelled();
		assertThat(second).isNotDone();
		assertThat(outer).isNotDone();
		outer.cancel(true);
		this.worker.work();
		assertThat(second).isCancelled();
		assertThat(outer).isCancelled();
	}

	@Test
	@DisplayName("I08 the body turns the cancel into a value: that is the outcome")
	void cancelTurnedIntoAValue() {
		CompletableFuture<String> outer = sequence(() -> {
			try {
				return this.scheduler.await(new CompletableFuture<String>());
			}
			catch (InterruptedException ex) {
				return "fallback";
			}
		});
		outer.cancel(true);
		this.worker.work();
		assertThat(outer).isCompletedWithValue("fallback");
	}

	@Test
	@DisplayName("I08 the body turns the cancel into another error: that is the outcome")
	void cancelTurnedIntoAnError() {
		IllegalStateException failure = new IllegalStateException("gave up");
		CompletableFuture<String> outer = sequence(() -> {
			try {
				return this.scheduler.await(new CompletableFuture<String>());
			}
			catch (InterruptedException ex) {
				failure.initCause(ex);
				throw failure;
			}
		});
		outer.cancel(true);
		this.worker.work();
		assertThatThrownBy(outer::get).isInstanceOf(ExecutionException.class).cause().isSameAs(failure);
	}

	@Test
	@DisplayName("I09 the outer ends only after the body's own clean-up has")
	void theOuterEndsAfterTheCleanUp() {
		CompletableFuture<String> outer = sequence(() -> {
			try {
				return this.scheduler.await(new CompletableFuture<String>());
			}
			finally {
				this.scheduler.sleep(Duration.ofSeconds(5));
			}
		});
		outer.cancel(true);
		this.worker.workFor(Duration.ofSeconds(4));
		assertThat(outer).isNotDone();
		this.worker.workFor(Duration.ofSeconds(2));
		assertThat(outer).isCancelled();
	}

	@Test
	@DisplayName("I10 traces show the frames of all levels, each on a thread of its own")
	void tracesShowAllLevels() {
		CompletableFuture<String> outer = sequence(this::topLevel);
		assertThatThrownBy(outer::get).cause()
			.hasMessage("deep down")
			.hasStackTraceContaining("SequenceTests.bottomLevel")
			.hasStackTraceContaining("SequenceTests.middleLevel")
			.hasStackTraceContaining("SequenceTests.topLevel");
	}

	private String topLevel() throws Exception {
		return this.scheduler.await(sequenceLater(this::middleLevel));
	}

	private String middleLevel() throws Exception {
		return this.scheduler.await(sequenceLater(SequenceTests::bottomLevel));
	}

	private static String bottomLevel() throws IOException {
		throw new IOException("deep down");
	}

	@Test
	@DisplayName("I10 a failure that is awaited again and again does not grow for ever")
	void aFailureDoesNotGrowForEver() {
		IOException failure = new IOException("kept");
		CompletableFuture<String> kept = CompletableFuture.failedFuture(failure);
		sequence(() -> {
			for (int i = 0; i < 1000; i++) {
				try {
					this.scheduler.await(kept);
				}
				catch (Exception expected) {
					assertThat(expected).isSameAs(failure);
				}
			}
			return "done";
		}).join();
		assertThat(failure.getSuppressed().length).isBetween(1, 20);
	}

	@Test
	@DisplayName("I11 the older example, twice, prints what it printed")
	void theOlderExample() {
		List<Object> printed = new ArrayList<>();
		Auction auction = new Auction(this.scheduler, printed);
		sequence(() -> {
			printed.add("going once...");
			auction.run();
			printed.add("going twice...");
			auction.run();
			return "sold";
		}).join();
		assertThat(printed).containsExactly("going once...", 9, 12, "immediate", 18, "failed: negative value: -7",
				"going twice...", 9, 12, "immediate", 18, "failed: negative value: -7");
	}

	@Test
	@DisplayName("I12 an uncaught failure: the outer fails with that throwable, later steps never run")
	void anUncaughtFailure() {
		IOException failure = new IOException("boom");
		List<String> seen = new ArrayList<>();
		CompletableFuture<String> outer = sequence(() -> {
			seen.add("before");
			this.scheduler.await(CompletableFuture.failedFuture(failure));
			seen.add("after");
			return "not reached";
		});
		assertThat(seen).containsExactly("before");
		assertThatThrownBy(outer::join).isInstanceOf(CompletionException.class).cause().isSameAs(failure);
	}

	@Test
	@DisplayName("P25 await on a platform thread blocks it and works, however often")
	void awaitOnAPlatformThread() throws Exception {
		try (GreenScheduler parallel = GreenScheduler.builder().build()) {
			for (int i = 0; i < 10_000; i++) {
				int number = i;
				CompletableFuture<Integer> stage = new CompletableFuture<>();
				parallel.spawn(() -> {
					stage.complete(number);
				});
				assertThat(parallel.await(stage)).isEqualTo(number);
			}
		}
	}

	@Test
	@DisplayName("I06 on parallel threads a cancel reaches what is awaited, however the two race")
	void cancelRacesWithTheAwaited() throws Exception {
		try (GreenScheduler parallel = GreenScheduler.builder().build()) {
			for (int i = 0; i < 10_000; i++) {
				CompletableFuture<String> awaited = new CompletableFuture<>();
				GreenThread<String> outer = parallel.spawn(() -> parallel.await(awaited));
				CompletableFuture<String> copy = outer.toFuture();
				GreenThread<Void> completer = parallel.spawn(() -> {
					awaited.complete("value");
				});
				copy.cancel(true);
				completer.join();
				String outcome = copy.exceptionally((failure) -> failure.getClass().getSimpleName())
					.get(10, TimeUnit.SECONDS);
				assertThat(outcome).isIn("value", "GreenThreadKilledException");
				assertThat(awaited).isDone();
			}
		}
	}

	@Test
	@DisplayName("G16 the outcome as a future, taken before and after the end; completing it by hand touches nothing")
	void theOutcomeAsAFuture() {
		GreenThread<String> thread = this.worker.assign(() -> "value");
		CompletableFuture<String> before = thread.toFuture();
		CompletableFuture<String> byHand = thread.toFuture();
		byHand.complete("mine");
		this.worker.work();
		assertThat(before).isCompletedWithValue("value");
		assertThat(thread.toFuture()).isCompletedWithValue("value");
		assertThat(thread.toFuture().cancel(true)).isFalse();
		assertThat(byHand).isCompletedWithValue("mine");
		assertThat(thread.value()).isEqualTo("value");
	}

	@Test
	@DisplayName("G26 sleep and repeat reject a negative duration")
	void negativeDurations() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.scheduler.sleep(Duration.ofNanos(-1)));
		assertThatIllegalArgumentException().isThrownBy(() -> this.scheduler.repeat(Duration.ofNanos(-1), () -> {
		}));
	}

	/** Starts a sequence and works until it ends or waits for somebody outside. */
	private <T> CompletableFuture<T> sequence(Callable<T> body) {
		CompletableFuture<T> outer = sequenceLater(body);
		this.worker.work();
		return outer;
	}

	private <T> CompletableFuture<T> sequenceLater(Callable<T> body) {
		return this.scheduler.<T>spawn(body).toFuture();
	}

	/** Values that come late, at once, or not at all. */
	private record Auction(GreenScheduler scheduler, List<Object> printed) {

		void run() throws InterruptedException {
			this.printed.add(this.scheduler.await(later(9)));
			this.printed.add(this.scheduler.await(later(12)));
			this.printed.add(this.scheduler.await(CompletableFuture.completedFuture("immediate")));
			this.printed.add(this.scheduler.await(later(18)));
			try {
				this.printed.add(this.scheduler.await(later(-7)));
			}
			catch (IllegalArgumentException ex) {
				this.printed.add("failed: " + ex.getMessage());
			}
		}

		private CompletableFuture<Integer> later(int value) {
			return this.scheduler.spawnLater(Duration.ofMillis(10), () -> {
				if (value < 0) {
					throw new IllegalArgumentException("negative value: " + value);
				}
				return value;
			}).toFuture();
		}

	}

}
