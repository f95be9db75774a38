package io.greenroom.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a thread that waits for a machine waits for itself, in the end: the
 * bodies of two machines that move each other, say, or their listeners, or a longer
 * circle. Nobody else would end such a wait but the stop timeout.
 * <p>
 * A thread says what it waits for before it looks. So of those who close a circle, one at
 * least sees all of it. A circle is believed when a second look finds the same waits: all
 * of them were then under way at one moment.
 */
final class WaitCircle {

	/** Those who wait, while they do; across all {@link StateMachines}. */
	private static final Map<Thread, Wait> WAITS = new ConcurrentHashMap<>();

	private WaitCircle() {
	}

	/** Says that the current thread is going to wait; close what this returns after. */
	static Wait begin(Transitions machine, String what) {
		Thread current = Thread.currentThread();
		Wait wait = new Wait(current, machine, what, WAITS.get(current));
		WAITS.put(current, wait);
		return wait;
	}

	private static List<Wait> find(Wait mine) {
		List<Wait> path = new ArrayList<>();
		Wait wait = mine;
		// One that is met twice closes a circle that this thread only runs into.
		while (wait != null && !path.contains(wait)) {
			path.add(wait);
			Thread holder = wait.machine.heldBy();
			if (holder == mine.thread) {
				return path;
			}
			wait = (holder != null) ? WAITS.get(holder) : null;
		}
		return List.of();
	}

	/** One wait of one thread for one machine. */
	static final class Wait implements AutoCloseable {

		private final Thread thread;

		private final Transitions machine;

		/** What for, in words. */
		private final String what;

		/** What the thread waited for when it came to this; null as a rule. */
		private final @Nullable Wait outer;

		Wait(Thread thread, Transitions machine, String what, @Nullable Wait outer) {
			this.thread = thread;
			this.machine = machine;
			this.what = what;
			this.outer = outer;
		}

		/**
		 * Looks whether this wait closes a circle. Takes the machines' locks, one after
		 * the other: the caller must hold none.
		 * @throws IllegalStateException if it does, and nobody in it goes on
		 */
		void rejectCircle() {
			List<Wait> circle = find(this);
			if (!circle.isEmpty() && circle.equals(find(this))) {
				throw new IllegalStateException(describe(circle));
			}
		}

		private static String describe(List<Wait> circle) {
			StringBuilder text = new StringBuilder("This would wait for itself, because machines wait in a circle:");
			Wait before = circle.getLast();
			for (Wait wait : circle) {
				text.append("%n  %s, %s, waits %s".formatted(before.machine.machine().name(),
						before.machine.doing(wait.thread), wait.what));
				before = wait;
			}
			return text.append("%nLet one of them ask from another thread, or later.".formatted()).toString();
		}

		@Override
		public void close() {
			if (this.outer != null) {
				WAITS.put(this.thread, this.outer);
			}
			else {
				WAITS.remove(this.thread);
			}
		}

	}

}
