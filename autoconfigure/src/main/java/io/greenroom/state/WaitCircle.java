package io.greenroom.state;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.greenroom.green.internal.Waits;
import io.greenroom.observe.WaitedFor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Detects whether a thread that waits for a machine ultimately waits for itself: for
 * example the bodies of two machines that move each other, or their listeners, or a
 * longer circle. A circle may also lead through handlers, whose callers are
 * {@linkplain WaitedFor known to wait} for them. Only a limit would end such a wait.
 * <p>
 * A thread publishes what it waits for before it searches. So at least one of the threads
 * that close a circle sees all of it. A circle counts as found when a second search finds
 * the same waits, because all of them were then in progress at one moment.
 */
final class WaitCircle {

	private static final Logger log = LoggerFactory.getLogger(StateMachine.class);

	/** The waiting threads; across all {@link StateMachines}. */
	private static final Map<Thread, Wait> WAITS = new ConcurrentHashMap<>();

	private WaitCircle() {
	}

	/**
	 * Publishes that the current thread is about to wait. The result must be closed
	 * afterwards.
	 */
	static Wait begin(Held machine, String what) {
		return begin(machine, what, false);
	}

	private static Wait begin(Held machine, String what, boolean polls) {
		Thread current = Thread.currentThread();
		Wait wait = new Wait(current, machine, what, polls, WAITS.get(current));
		WAITS.put(current, wait);
		return wait;
	}

	/**
	 * Returns a description of the circle that a wait closes, or {@code null} if there is
	 * none.
	 */
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

	/** A machine that is waited for, as seen by the search for circles. */
	interface Held {

		/** Returns the thread that must do something first before others can move. */
		@Nullable Thread heldBy();

		/** Describes which machine a thread blocks, and what it does there. */
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
	 * Follows what a thread waits for, from thread to thread. A handler may be held by
	 * several threads.
	 */
	private static boolean leadsTo(Wait mine, Thread thread, Object waited, List<Link> path) {
		Link link = new Link(thread, waited);
		// A wait that is met twice closes a circle that this thread is not part of.
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
	 * Returns what a thread waits for: first what it is parked on, although it may wait
	 * for a machine around that. No thread is rejected because of another's wait that has
	 * a limit and returns.
	 */
	private static @Nullable Object waitOf(Thread thread, boolean polling) {
		if (Waits.blocker(thread) instanceof WaitedFor handler) {
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

		/** A description of what it waits for. */
		private final String what;

		/**
		 * Whether it has a limit, after which its thread goes on.
		 */
		private final boolean polls;

		/** The outer wait of the same thread; usually {@code null}. */
		private final @Nullable Wait outer;

		Wait(Thread thread, Held machine, String what, boolean polls, @Nullable Wait outer) {
			this.thread = thread;
			this.machine = machine;
			this.what = what;
			this.polls = polls;
			this.outer = outer;
		}

		/**
		 * Throws if this wait closes a circle. Takes the machines' locks one after the
		 * other, so the caller must hold none.
		 * @throws IllegalStateException if it does, and no thread in it can go on
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
	 * A wait with a limit, which publishes what it waits for only after a while. A circle
	 * of such waits is logged at once but ends none of them, because a move from outside
	 * may end them. A short wait is a poll and blocks no other thread.
	 */
	static final class Look implements Runnable, AutoCloseable {

		/** Up to which length a wait is a poll, in nanoseconds. */
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
				log.warn("{} waits {}, up to {}; a move or a stop from outside can end this before, but none of {}",
						Thread.currentThread().getName(), this.what, Durations.format(Duration.ofNanos(this.nanos)),
						circle);
			}
		}

		/** Checks like {@code run}, but throws if there is a circle. */
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
