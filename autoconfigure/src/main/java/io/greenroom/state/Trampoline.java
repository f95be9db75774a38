package io.greenroom.state;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

import io.greenroom.green.GreenThread;
import io.greenroom.green.Parking;
import io.greenroom.green.internal.Waits;
import org.jspecify.annotations.Nullable;

/**
 * Runs bodies that follow each other without a rest on one green thread: a move is a tail
 * call, and the next body begins where the previous one has unwound to. Few frames lie
 * below a body, because a hundred thousand machines may be parked in theirs.
 */
final class Trampoline implements Callable<Object>, Consumer<GreenThread<Object>> {

	/**
	 * The time after which others go first, in nanoseconds. It is not a number of moves,
	 * because moves of cold code, of a busy machine or of bodies that compute may take a
	 * thousand times as long as others.
	 */
	private static final long TURN = 5_000_000;

	/** After how many moves to read the clock: most moves take less time than that. */
	private static final int LOOK = 16;

	private final BodyRunner runner;

	private final MoveSteps steps;

	/**
	 * What runs, or will run. Written by the thread that creates this, then by the thread
	 * itself.
	 */
	private StateActivation current;

	Trampoline(BodyRunner runner, MoveSteps steps, StateActivation first) {
		this.runner = runner;
		this.steps = steps;
		this.current = first;
	}

	@Override
	public Object call() {
		GreenThread<?> thread = Objects.requireNonNull(GreenThread.current());
		@Nullable StateActivation next = this.runner.perform(this.steps, this.current);
		if (next != null) {
			next = moveOn(thread, next);
		}
		if (next != null) {
			this.runner.startAfterKill(this.steps, next);
		}
		return this;
	}

	/** Returns what must run after this thread was killed; {@code null} at rest. */
	private @Nullable StateActivation moveOn(GreenThread<?> thread, StateActivation first) {
		@Nullable StateActivation next = first;
		RestlessTurns.@Nullable Turn turn = null;
		long began = Parking.nanoTime();
		try {
			for (int moves = 1; next != null && thread.state() != GreenThread.State.KILLED; moves++) {
				if (moves % LOOK == 0 && Waits.isOnWorker()) {
					// Its time does not pass while a machine moves.
					Waits.spin();
				}
				else if (moves % LOOK == 0 && Parking.nanoTime() - began > TURN) {
					turn = (turn != null) ? turn : new RestlessTurns.Turn(thread);
					turn.next();
					began = Parking.nanoTime();
				}
				this.current = next;
				next = this.runner.perform(this.steps, next);
			}
		}
		finally {
			if (turn != null) {
				turn.end();
			}
		}
		return next;
	}

	/** Called when the thread has ended, perhaps killed before it ran. */
	@Override
	public void accept(GreenThread<Object> dead) {
		this.runner.threadEnded(this.steps, this.current, dead.exception());
	}

}
