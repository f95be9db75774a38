package io.greenroom.state;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

import io.greenroom.observe.WaitedFor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether a thread that waits for a machine waits for itself, in the end: the
 * bodies of two machines that move each other, say, or their listeners, or a longer
 * circle, also one through handlers, whose callers are {@linkplain WaitedFor seen to
 * wait} for them. Nobody else would end such a wait but a limit.
 * <p>
 * A thread says what it waits for before it looks. So of those who close a circle, one at
 * least sees all of it. A circle is believed when a second look finds the same waits: all
 * of them were then under way at one moment.
 */
final class WaitCircle {

	private static final Logger log = LoggerFactory.getLogger(StateMachine.class);

	/** Those who wait, while they do; across all {@link StateMachines}. */
	private static final Map<Thread, Wait> WAITS = new ConcurrentHashMap<>();

	private WaitCircle() {
	}

	/** Says that the current thread is going to wait; close what this returns after. */
	static Wait begin(Held machine, String what) {
		return begin(machine, what, false);
	}

	private static Wait begin(Held machine, String what, boolean polls) {
		Thread current = Thread.currentThread();
		Wait wait = new Wait(current, machine, what, polls, WAITS.get(current));
		WAITS.put(current, wait);
		return wait;
	}

	/** Returns the circle that a wait closes, in words; {@code null} if there is none. */
	private static @Nullable String find(Wait mine) {
		List<Link> circle = path(mine);
		if (circle.isEmpty() || !circle.equals(path(mine))) {
			return null;
		}
		StringBuilder text = new StringBuilder("machines wait in a circle");
		text.append(circle.stream().allMatch((link) -> link.waited instanceof Wait) ? ":" : " through handlers:");
		for (int i = 0; i < circle.size(); i++) {
			Link before = circle.get((i + circle.size() - 1) % circle.size());
			text.append("%n  %s waits %s".formatted(doing(before.waited, circle.get(i).thread),
					what(circle.get(i).waited)));
		}
		return text.append("%nLet one of them ask from another thread, or later.".formatted()).toString();
	}

	/** A machine that is waited for, as far as circles go. */
	interface Held {

		/** Returns the thread that has to do something first for others to move. */
		@Nullable Thread heldBy();

		/** Says which machine a thread holds up, and what it does there. */
		String doing(Thread thread);

	}

	/** A thread and what it waits for, a {@link Wait} or a {@link WaitedFor}. */
	private record Link(Thread thread, Object waited) {
	}

	private static List<Link> path(Wait mine) {
		List<Link> path = new ArrayList<>();
		return leadsTo(mine, mine.thread, mine, path) ? path : List.of();
	}

	/**
	 * Follows what a thread waits for, from thread to thread; a handler may be held by
	 * many.
	 */
	private static boolean leadsTo(Wait mine, Thread thread, Object waited, List<Link> path) {
		Link link = new Link(thread, waited);
		// One that is met twice closes a circle that this thread only runs into.
		if (path.contains(link)) {
			return false;
		}
		path.add(link);
		for (Thread holder : heldBy(waited)) {
			if (holder == mine.thread) {
				return true;
			}
			Object next = waitOf(holder, mine.polls);
			if (next != null && leadsTo(mine, holder, next, path)) {
				return true;
			}
		}
		path.removeLast();
		return false;
	}

	/**
	 * Returns what a thread waits for: what it is parked on first, though it may wait for
	 * a machine round that. Nobody is rejected because of another's wait that has a limit
	 * and returns.
	 */
	private static @Nullable Object waitOf(Thread thread, boolean polling) {
		if (LockSupport.getBlocker(thread) instanceof WaitedFor handler) {
			return handler;
		}
		Wait wait = WAITS.get(thread);
		return (wait != null && (polling || !wait.polls)) ? wait : null;
	}

	private static List<Thread> heldBy(Object waited) {
		if (waited instanceof WaitedFor handler) {
			return handler.heldBy();
		}
		Thread holder = ((Wait) waited).machine.heldBy();
		return (holder != null) ? List.of(holder) : List.of();
	}

	private static String what(Object waited) {
		return (waited instanceof WaitedFor handler) ? "for the handler " + handler.name() : ((Wait) waited).what;
	}

	private static String doing(Object holding, Thread thread) {
		if (holding instanceof WaitedFor handler) {
			return handler.name() + ", in a call,";
		}
		return ((Wait) holding).machine.doing(thread) + ",";
	}

	/** One wait of one thread for one machine. */
	static final class Wait implements AutoCloseable {

		private final Thread thread;

		private final Held machine;

		/** What for, in words. */
		private final String what;

		/**
		 * Whether it has a limit, after which its thread goes on with what it returns.
		 */
		private final boolean polls;

		/** What the thread waited for when it came to this; null as a rule. */
		private final @Nullable Wait outer;

		Wait(Thread thread, Held machine, String what, boolean polls, @Nullable Wait outer) {
			this.thread = thread;
			this.machine = machine;
			this.what = what;
			this.polls = polls;
			this.outer = outer;
		}

		/**
		 * Looks whether this wait closes a circle. Takes the machines' locks, one after
		 * the other: the caller must hold none.
		 * @throws IllegalStateException if it does, and nobody in it goes on
		 */
		void rejectCircle() {
			String circle = find(this);
			if (circle != null) {
				throw new IllegalStateException("This would wait for itself, because " + circle);
			}
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

	/**
	 * A wait that has a limit: it says what it waits for only when it has lasted a while.
	 * A circle of such waits is told at once, and ends none of them: a move from outside
	 * may bring what they wait for. A short one is a poll, and holds nobody up.
	 */
	static final class Look implements Runnable, AutoCloseable {

		/** Up to how long a wait is a poll, in nanoseconds. */
		private static final long POLL = 1_000_000_000;

		private final Held machine;

		private final String what;

		private final long nanos;

		private @Nullable Wait wait;

		private boolean told;

		Look(Held machine, String what, long nanos) {
			this.machine = machine;
			this.what = what;
			this.nanos = nanos;
		}

		@Override
		public void run() {
			if (this.told || this.nanos <= POLL) {
				return;
			}
			String circle = find(begun(true));
			if (circle != null) {
				this.told = true;
				log.warn("{} waits {}, up to {}, which a move or a stop from outside can end before, but none of {}",
						Thread.currentThread().getName(), this.what, Durations.format(Duration.ofNanos(this.nanos)),
						circle);
			}
		}

		/** As a run, but rejects to wait on in a circle. */
		void reject() {
			begun(false).rejectCircle();
		}

		private Wait begun(boolean polls) {
			Wait begun = (this.wait != null) ? this.wait : begin(this.machine, this.what, polls);
			this.wait = begun;
			return begun;
		}

		@Override
		public void close() {
			if (this.wait != null) {
				this.wait.close();
			}
		}

	}

}
