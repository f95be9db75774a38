package io.greenroom.durable.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;

import io.greenroom.durable.internal.CallRun.Answering;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.fail;

/** Whether a call that has failed may be made again. */
class CallRunTests {

	private final CallRun run = new CallRun("a", "add", false, null);

	@Test
	@DisplayName("N02 a call whose transaction was undone by a lost connection may be made again, one that has only failed may not")
	void undone() {
		failed(this.run, CallRun::undone);
		assertThat(this.run.isCut()).isTrue();
		CallRun other = new CallRun("a", "add", false, null);
		failed(other, (entered) -> {
		});
		assertThat(other.isCut()).isFalse();
	}

	@Test
	@DisplayName("N02 a call whose body advice has entered again is not made again, because the second body may have stored something")
	void enteredAgain() {
		failed(this.run, (entered) -> {
			entered.undone();
			assertThat(CallRun.enter("a", "add")).isNull();
		});
		assertThat(this.run.isCut()).isFalse();
	}

	@Test
	@DisplayName("N02 other calls on its thread make no difference to a call that may be made again")
	void others() {
		failed(this.run, (entered) -> {
			entered.undone();
			assertThat(CallRun.enter("b", "add")).isNull();
			assertThat(CallRun.enter("a", "other")).isNull();
			failed(new CallRun("a", "add", false, null), CallRun::undone);
		});
		assertThat(this.run.isCut()).isTrue();
	}

	@Test
	@DisplayName("N02 R07 a call whose commit is in doubt is made again if it is proven that it was not made, and not if that can't be found out")
	void inDoubt() {
		assertThat(isCutAfter((failure) -> true)).isTrue();
		assertThat(isCutAfter((failure) -> false)).isFalse();
		assertThat(isCutAfter((failure) -> {
			throw new IllegalArgumentException("the database is away");
		})).isFalse();
	}

	private static boolean isCutAfter(Predicate<Throwable> unlessCommitted) {
		CallRun run = new CallRun("a", "add", false, null);
		failed(run, (entered) -> entered.inDoubt(unlessCommitted));
		return run.isCut();
	}

	@Test
	@DisplayName("N02 R06 a call that is refused before its body or move has begun may be made again")
	void refused() {
		for (boolean move : new boolean[] { false, true }) {
			CallRun other = new CallRun("a", "add", move, null);
			refusedIn(other, "b");
			assertThat(other.isStale()).as("of another key").isFalse();
			refusedIn(other, "a");
			assertThat(other.isStale()).isTrue();
		}
		failed(this.run, (entered) -> CallRun.refused("a"));
		assertThat(this.run.isStale()).as("something else that its body has called").isFalse();
		CallRun.refused("a");
	}

	private static void refusedIn(CallRun run, String key) {
		assertThatIllegalStateException().isThrownBy(() -> run.run(() -> {
			CallRun.refused(key);
			throw new IllegalStateException();
		}));
	}

	@Test
	@DisplayName("N02 R06 a call whose move another thread could not store may be made again")
	void fencedLater() {
		CallRun move = new CallRun("a", "next", true, null);
		List<Executor> later = new ArrayList<>();
		assertThatIllegalStateException().isThrownBy(() -> move.run(() -> {
			later.add(Objects.requireNonNull(CallRun.enterMove("a")).later());
			throw new IllegalStateException();
		}));
		assertThat(move.isStale()).isFalse();
		later.getFirst().execute(() -> Objects.requireNonNull(CallRun.enterMove("a")).fenced());
		assertThat(move.isStale()).isTrue();
	}

	@Test
	@DisplayName("N05 a call that is stored with its id needs no proof: it is looked up when it is sent again")
	void answering() {
		AtomicInteger asked = new AtomicInteger();
		CallRun stored = new CallRun("a", "add", false, new Answering() {

			@Override
			public MadeCall returned(@Nullable Object result) {
				return new MadeCall("1", "R", Duration.ofMinutes(1));
			}

			@Override
			public MadeCall threw(Throwable failure) {
				return fail("not asked");
			}

		});
		failed(stored, (entered) -> entered.inDoubt((failure) -> asked.incrementAndGet() == 0));
		assertThat(stored.isCut()).isTrue();
		assertThat(asked).hasValue(0);
	}

	/** Makes a call whose body fails, and does something in it. */
	private static void failed(CallRun run, Consumer<CallRun> body) {
		assertThatIllegalStateException().isThrownBy(() -> {
			try {
				run.run(() -> {
					body.accept(Objects.requireNonNull(CallRun.enter("a", "add")));
					throw new IllegalStateException("failed");
				});
			}
			catch (RuntimeException | Error thrown) {
				throw thrown;
			}
			catch (Throwable never) {
				throw new AssertionError(never);
			}
		}).withMessage("failed");
	}

}
