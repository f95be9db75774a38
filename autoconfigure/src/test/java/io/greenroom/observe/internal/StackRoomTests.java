package io.greenroom.observe.internal;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The look at the stack before anything is taken. */
class StackRoomTests {

	private int budget;

	private int passed;

	private int rejected;

	private int depth;

	private int least;

	@Test
	@DisplayName("F03 whoever passes the check has room, whatever the compilers have made of it by then")
	void roomAfterThePassedCheck() throws InterruptedException {
		StackRoom.check();
		for (int round = 0; round < 6; round++) {
			this.budget = 100_000;
			this.least = Integer.MAX_VALUE;
			this.passed = 0;
			this.rejected = 0;
			Runnable sweep = () -> {
				try {
					sweep();
				}
				catch (StackOverflowError end) {
					// What it is for.
				}
			};
			Thread thread = (round % 2 == 0) ? Thread.ofPlatform().start(sweep) : Thread.ofVirtual().start(sweep);
			thread.join();
			assertThat(this.passed).as("passed in round %d", round).isPositive();
			assertThat(this.least).as("frames left in round %d", round).isGreaterThan(100);
		}
	}

	@Test
	@DisplayName("F03 the check rejects where the stack ends")
	void rejectedAtTheEnd() throws InterruptedException {
		StackRoom.check();
		this.budget = 2000;
		Thread thread = Thread.ofPlatform().start(() -> {
			try {
				sweep();
			}
			catch (StackOverflowError end) {
				// What it is for.
			}
		});
		thread.join();
		assertThat(this.rejected).as("rejected before the first that passed").isPositive();
	}

	/** Tries from each of the last frames what is left there. */
	private void sweep() {
		try {
			sweep();
		}
		catch (StackOverflowError end) {
			// Comes back to here.
		}
		if (this.budget > 0 && this.passed < 100) {
			this.budget--;
			// A compiler may have put the check's frame into that of the caller, and this
			// throws.
			this.rejected += (this.passed == 0) ? 1 : 0;
			tryHere();
		}
	}

	private void tryHere() {
		try {
			StackRoom.check();
		}
		catch (StackOverflowError full) {
			return;
		}
		this.rejected -= (this.passed == 0) ? 1 : 0;
		this.passed++;
		this.depth = 0;
		try {
			dive();
		}
		catch (StackOverflowError end) {
			this.least = Math.min(this.least, this.depth);
		}
	}

	private int dive() {
		this.depth++;
		return dive() + 1;
	}

}
