package io.greenroom.state;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;

import io.greenroom.testkit.Until;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** The search for circles among machines that are made up, and that change meanwhile. */
@Timeout(60)
class WaitCircleTests {

	private final CountDownLatch over = new CountDownLatch(1);

	private final Made mine = new Made(Thread.currentThread());

	@AfterEach
	void end() {
		this.over.countDown();
	}

	/** Starts a thread that waits for machines, one wait inside the other. */
	private Thread waiting(Runnable inside, WaitCircle.Held machine) {
		return Until.waiting(Thread.ofPlatform().start(() -> {
			try (WaitCircle.Wait _ = WaitCircle.begin(machine, "to move it")) {
				inside.run();
				this.over.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}));
	}

	private Thread waiting(WaitCircle.Held machine) {
		return waiting(() -> {
		}, machine);
	}

	@Test
	@DisplayName("S39 a circle is one if a second look finds the same waits, and none if a machine is free by then")
	void aCircleIsLookedAtTwice() {
		Thread other = waiting(this.mine);
		Made freed = new Made(other, (Thread) null);
		try (WaitCircle.Wait wait = WaitCircle.begin(freed, "to move the other")) {
			assertThatCode(wait::rejectCircle).doesNotThrowAnyException();
		}
		try (WaitCircle.Wait wait = WaitCircle.begin(new Made(other), "to move the other")) {
			assertThatIllegalStateException().isThrownBy(wait::rejectCircle)
				.withMessageContaining("machines wait in a circle");
		}
	}

	@Test
	@DisplayName("S39 a thread that has waited for a machine inside a wait for another one waits on visibly")
	void aNestedWaitKeepsTheOuterOne() {
		Thread other = waiting(() -> WaitCircle.begin(new Made((Thread) null), "to look at a third").close(),
				this.mine);
		try (WaitCircle.Wait wait = WaitCircle.begin(new Made(other), "to move the other")) {
			assertThatIllegalStateException().isThrownBy(wait::rejectCircle);
		}
	}

	@Test
	@DisplayName("S39 a search that leads into a circle of others ends, and rejects nothing")
	void circlesOfOthers() {
		Made theirs = new Made((Thread) null);
		Thread one = waiting(theirs);
		Thread other = waiting(new Made(one));
		theirs.holder = other;
		try (WaitCircle.Wait wait = WaitCircle.begin(new Made(one), "to move the other")) {
			assertThatCode(wait::rejectCircle).doesNotThrowAnyException();
		}
	}

	/** A machine of which only its holder is asked for, and is made up. */
	private static final class Made implements WaitCircle.Held {

		private final Deque<Thread> once = new ArrayDeque<>();

		private volatile @Nullable Thread holder;

		/** The last one holds it for good, the others at one look each. */
		Made(@Nullable Thread... holders) {
			this.once.addAll(Arrays.asList(holders).subList(0, holders.length - 1));
			this.holder = holders[holders.length - 1];
		}

		@Override
		public @Nullable Thread heldBy() {
			Thread next = this.once.poll();
			return (next != null) ? next : this.holder;
		}

		@Override
		public String doing(Thread thread) {
			return "a machine";
		}

	}

}
