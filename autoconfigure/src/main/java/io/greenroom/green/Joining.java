package io.greenroom.green;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;

import io.greenroom.green.internal.Countdown;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.StackRoom;

/** Joins and kills several green threads. */
final class Joining {

	private Joining() {
	}

	/** Returns those that have ended, in the order of their ends. */
	static <G extends GreenThread<?>> List<G> join(Collection<? extends G> threads, Join how)
			throws InterruptedException {
		StackRoom.check();
		rejectSelf(threads);
		Countdown time = new Countdown(how.nanos());
		List<G> ended = new ArrayList<>();
		try (GreenWait<G> wait = GreenWait.on(threads)) {
			while (ended.size() < how.count()) {
				G next = wait.next(time.left());
				if (next == null) {
					break;
				}
				ended.add(next);
				Throwable failure = next.exception();
				if (how.raises() && failure != null) {
					if (how.onFailure() == Join.OnFailure.KILL_OTHERS) {
						kill(threads, time);
					}
					throw Failures.rethrow(failure);
				}
			}
		}
		return ended;
	}

	/** Returns those that have not ended in time. */
	static <G extends GreenThread<?>> List<G> kill(Collection<? extends G> threads, Countdown time)
			throws InterruptedException {
		StackRoom.check();
		rejectSelf(threads);
		// A thread that is given twice is interrupted once.
		List<G> alive = new ArrayList<>(new LinkedHashSet<>(threads));
		alive.forEach(GreenThread::kill);
		for (G thread : alive) {
			thread.await(time.left());
		}
		alive.removeIf(GreenThread::isDone);
		return alive;
	}

	/** Rejects a wait of a thread for itself, which would never end. */
	static void rejectSelf(Collection<? extends GreenThread<?>> threads) {
		for (GreenThread<?> thread : threads) {
			if (!thread.isDone()) {
				thread.rejectSelf();
			}
		}
	}

}
