package io.greenroom.deferred.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;

import io.greenroom.observe.CallMode;
import io.greenroom.testkit.Rounds;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/** One call, and all who want to decide what becomes of it. */
@Timeout(120)
class CallRaceTests {

	private static final int ROUNDS = Rounds.of(30_000);

	/** Within a batch the three go through the calls in different orders, and meet. */
	private static final int BATCH = 30;

	@Test
	@DisplayName("D10 D20 a call is run, withdrawn or failed, exactly one of these, and everybody is told the same (30000 rounds)")
	void oneFate() throws Exception {
		Round[] rounds = new Round[ROUNDS];
		for (int i = 0; i < ROUNDS; i++) {
			rounds[i] = new Round(i);
		}
		AtomicInteger arrived = new AtomicInteger();
		CompletableFuture<Boolean> runner = each(rounds, arrived, (i) -> i, Round::run);
		CompletableFuture<Boolean> caller = each(rounds, arrived, (i) -> BATCH - 1 - i, Round::leave);
		CompletableFuture<Boolean> stopper = each(rounds, arrived, (i) -> (i + BATCH / 2) % BATCH, Round::stop);
		CompletableFuture.allOf(runner, caller, stopper).get(100, TimeUnit.SECONDS);
		int ran = 0;
		int withdrawn = 0;
		int failed = 0;
		for (Round round : rounds) {
			round.check();
			ran += round.ran ? 1 : 0;
			withdrawn += (round.leaving == Call.Leaving.WITHDRAWN) ? 1 : 0;
			failed += round.failed ? 1 : 0;
		}
		assertThat(ran + withdrawn + failed).isEqualTo(ROUNDS);
		System.out.printf("%d ran, %d were withdrawn, %d failed%n", ran, withdrawn, failed);
	}

	private static CompletableFuture<Boolean> each(Round[] rounds, AtomicInteger arrived, IntUnaryOperator order,
			Part part) {
		CompletableFuture<Boolean> done = new CompletableFuture<>();
		Thread.ofPlatform().start(() -> {
			try {
				for (int i = 0; i < rounds.length; i++) {
					if (i % BATCH == 0) {
						arrived.incrementAndGet();
						// Not a barrier that parks: the last to come would be through
						// before the
						// others woke.
						while (arrived.get() < 3 * (i / BATCH + 1)) {
							Thread.yield();
						}
					}
					part.play(rounds[i - i % BATCH + order.applyAsInt(i % BATCH)]);
				}
				done.complete(true);
			}
			catch (Throwable failure) {
				done.completeExceptionally(failure);
			}
		});
		return done;
	}

	/** What one of the three does in a round. */
	private interface Part {

		void play(Round round);

	}

	/** One call and what each saw of it. Each field is written by one thread. */
	private static final class Round {

		private final Call call = new EmptyCall(CallMode.SYNC);

		private final int number;

		private boolean ran;

		private boolean awaited;

		private Call.@Nullable Leaving leaving;

		private boolean failed;

		private boolean told;

		Round(int number) {
			this.number = number;
		}

		void run() {
			if (this.call.begin()) {
				this.call.runBy(hold(this.call));
				this.ran = true;
				if (this.number % 3 == 0) {
					Thread.yield();
				}
				this.awaited = this.call.returned("done");
				// Also an interrupt is over by then, and meant this thread only.
				Thread.interrupted();
			}
		}

		@SuppressWarnings("NullAway") // of no handler
		private static Hold hold(Call call) {
			return Hold.lent(null, call, null);
		}

		void leave() {
			this.leaving = this.call.leave(this.number % 2 == 0);
		}

		void stop() {
			this.failed = this.call.fail(new IllegalStateException("stopped"));
			this.told = !this.failed && this.call.tell(new IllegalStateException("stopped"));
		}

		void check() {
			boolean withdrawn = (this.leaving == Call.Leaving.WITHDRAWN);
			assertThat((this.ran ? 1 : 0) + (withdrawn ? 1 : 0) + (this.failed ? 1 : 0)).isEqualTo(1);
			assertThat(this.call.isDone()).isTrue();
			assertThat(this.call.isTold()).isEqualTo(this.told);
			if (this.told) {
				assertThat(this.ran).isTrue();
				assertThat(this.awaited).isFalse();
			}
			if (this.ran && !this.told) {
				assertThat(this.awaited).isEqualTo(this.leaving == Call.Leaving.TOO_LATE);
				assertThat(this.call.takeResult()).isEqualTo("done");
			}
			assertThat(this.call.failure() != null).isEqualTo(this.failed);
			assertThat(this.call.countAsWithdrawn()).isEqualTo(withdrawn);
			assertThat(this.call.countAsWithdrawn()).isFalse();
		}

	}

}
