package io.greenroom.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.function.ThrowingSupplier;

/**
 * Calls something from each of the last frames of a stack, where any call of ours may
 * overflow at any place in it (row F03):
 * {@snippet :
 * LastFrames.Outcome outcome = LastFrames.of(150).rounds(20).call(() -> pool.submit(() -> 1).get());
 * outcome.assertReturned();
 * // now assert that nothing is lost: pool.active() is 0, the next call is served
 * }
 * Each round recurses to the end of the stack of a new platform thread, and calls once
 * from each frame on the way back. The first calls fail early; each further one gets a
 * little deeper, until all of it succeeds. A round is over early when the last thirty
 * calls have all returned: from there on they are calls like any other.
 * <p>
 * Once compiled, a frame of the recursion is so small that a hundred of them fail in the
 * same place. After the very last ones, a round then calls from one frame of a few, and
 * the next round from others.
 */
public final class LastFrames {

	/** Deep enough that code is compiled, shallow enough for a slow machine. */
	private static final int STACK_SIZE = 256 * 1024;

	/** So many calls in a row that returned had room to spare, as any other call has. */
	private static final int ENOUGH = 30;

	/** How much more room than the last each call has; about an interpreted frame. */
	private static final int STEP = 160;

	/** From so many of the last frames calls are made in each round. */
	private static final int EACH = 50;

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final int frames;

	private int rounds = 10;

	private int further;

	private ThrowingSupplier<?> afterwards = () -> null;

	private LastFrames(int frames) {
		this.frames = frames;
	}

	/** From how many frames to call; 150 is what most calls need. */
	public static LastFrames of(int frames) {
		return new LastFrames(frames);
	}

	/** How often to do it; 10 unless set. */
	public LastFrames rounds(int rounds) {
		this.rounds = rounds;
		return this;
	}

	/**
	 * Goes on from further frames until a call has come through: those before may all
	 * have failed at the same early check, as compiled frames are small.
	 */
	public LastFrames untilReturned() {
		this.further = 20_000;
		return this;
	}

	/** What each calling thread does at its end, with its whole stack free again. */
	public LastFrames afterwards(ThrowingSupplier<?> afterwards) {
		this.afterwards = afterwards;
		return this;
	}

	/**
	 * Calls the step from each of the frames. Does so a few times with a stack to spare
	 * first, so that what is linked at its first call is.
	 */
	public Outcome call(ThrowingSupplier<?> step) throws InterruptedException {
		Outcome outcome = new Outcome();
		for (int i = 0; i < 20; i++) {
			try {
				step.get();
			}
			catch (Throwable expected) {
				outcome.othersWithRoom.add(expected);
			}
		}
		for (int round = 0; round < this.rounds && outcome.stuck == null; round++) {
			Sweep sweep = new Sweep(step, outcome, round);
			Thread caller = new Thread(null, () -> {
				sweep.run();
				try {
					this.afterwards.get();
				}
				catch (Throwable failure) {
					outcome.others.add(failure);
				}
			}, "last-frames", STACK_SIZE);
			caller.start();
			if (!caller.join(PATIENCE)) {
				outcome.stuck = caller.getStackTrace();
			}
		}
		return outcome;
	}

	/** One descent; confined to its thread. */
	private final class Sweep {

		private final ThrowingSupplier<?> step;

		private final Outcome outcome;

		private int left = LastFrames.this.frames;

		private int further = LastFrames.this.further;

		private int returnedInARow;

		/** How many frames there are, counted on the way down. */
		private int depth;

		/** How many frames are returned to, counted on the way back. */
		private int back;

		/** Which frames the round calls from, where that is not each. */
		private final int first;

		Sweep(ThrowingSupplier<?> step, Outcome outcome, int round) {
			this.step = step;
			this.outcome = outcome;
			this.first = round;
		}

		void run() {
			try {
				descend();
			}
			catch (StackOverflowError end) {
				// The very last frame has no room even for the catch.
			}
		}

		private void descend() {
			this.depth++;
			try {
				descend();
			}
			catch (StackOverflowError end) {
				// From here on the way is back.
			}
			this.back++;
			if (this.returnedInARow == ENOUGH || this.back > EACH && (this.back + this.first) % stride() != 0) {
				return;
			}
			if (this.left > 0) {
				this.left--;
				callOnce();
			}
			else if (this.further > 0) {
				this.further--;
				callOnce();
			}
		}

		private int stride() {
			return Math.max(1, STEP * this.depth / STACK_SIZE);
		}

		private void callOnce() {
			try {
				this.step.get();
				this.outcome.returned++;
				this.returnedInARow++;
				this.further = 0;
			}
			catch (StackOverflowError overflow) {
				this.returnedInARow = 0;
				this.outcome.overflows++;
			}
			catch (Throwable other) {
				this.returnedInARow = 0;
				this.outcome.others.add(other);
			}
		}

	}

	/**
	 * What came of the calls. Written by one thread at a time, joined before it is read.
	 */
	public static final class Outcome {

		private int overflows;

		private int returned;

		private final List<Throwable> others = new ArrayList<>();

		private final List<Throwable> othersWithRoom = new ArrayList<>();

		private volatile StackTraceElement[] stuck;

		/** How many calls overflowed. */
		public int overflows() {
			return this.overflows;
		}

		/** How many calls returned normally. */
		public int returned() {
			return this.returned;
		}

		/** What else came out of calls, from the last frames only. */
		public List<Throwable> others() {
			return this.others;
		}

		/**
		 * Asserts that the calls were made, that some overflowed, that no caller hangs.
		 */
		public Outcome assertReturned() {
			if (this.stuck != null) {
				AssertionError hangs = new AssertionError("A caller hangs after an overflow: " + this);
				hangs.setStackTrace(this.stuck);
				throw hangs;
			}
			if (this.overflows == 0 || this.returned + this.others.size() + this.overflows == 0) {
				throw new AssertionError("No call overflowed; give more rounds: " + this);
			}
			return this;
		}

		/**
		 * Asserts beside that some calls returned, which were past every check for room.
		 */
		public Outcome assertBoth() {
			assertReturned();
			if (this.returned == 0) {
				throw new AssertionError("No call returned; call untilReturned(): " + this);
			}
			return this;
		}

		@Override
		public String toString() {
			return this.overflows + " overflows, " + this.returned + " returned, " + this.others.size() + " others"
					+ (this.others.isEmpty() ? "" : ", first: " + this.others.getFirst());
		}

	}

}
