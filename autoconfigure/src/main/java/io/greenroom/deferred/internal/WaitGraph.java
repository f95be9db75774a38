package io.greenroom.deferred.internal;

import java.util.ArrayList;
import java.util.List;

import io.greenroom.deferred.DeferredDeadlockException;
import io.greenroom.observe.CallMode;
import org.jspecify.annotations.Nullable;

/**
 * Detects, just before a thread that holds a handler goes to sleep, whether what it waits
 * for waits for it. The JVM cannot tell: its own deadlock detection does not see virtual
 * threads, and knows nothing of mailboxes.
 * <p>
 * A thread publishes what it waits for before it searches. So at least one of the threads
 * that close a cycle sees all of it. A cycle counts as found when a second search finds
 * the same waits, because all of them were then in progress at one moment.
 */
final class WaitGraph {

	private WaitGraph() {
	}

	/**
	 * Breaks the cycle that a new wait closes, if it does. Fails the call in it that has
	 * not begun, or has it run on the thread of its chain that holds its handler.
	 */
	static void breakCycle(Wait mine) {
		List<Wait> cycle = path(mine);
		if (cycle.isEmpty() || !cycle.equals(path(mine))) {
			return;
		}
		for (int i = 0; i < cycle.size(); i++) {
			Wait wait = cycle.get(i);
			if (wait.call().isPending()) {
				resolve(cycle, wait, cycle.get((i + 1) % cycle.size()));
				return;
			}
		}
	}

	/**
	 * Returns whether a body of a handler waits for what a thread runs, perhaps through
	 * others. Such a thread cannot wait for the handler's end.
	 */
	static boolean isWaitedForBy(HandlerCore handler, Thread thread) {
		return isWaitedForBy(handler, thread, new ArrayList<>());
	}

	private static boolean isWaitedForBy(HandlerCore handler, Thread thread, List<HandlerCore> seen) {
		if (seen.contains(handler)) {
			return false;
		}
		seen.add(handler);
		for (Hold held : handler.holds()) {
			Wait wait = held.waiting();
			if (held.thread() == thread || (wait != null && !wait.isOver() && isWaitedForBy(wait.on(), thread, seen))) {
				return true;
			}
		}
		return false;
	}

	private static void resolve(List<Wait> cycle, Wait stuck, Wait next) {
		// Only a call whose caller waits for the answer may run elsewhere, at once.
		if (stuck.call().mode() == CallMode.SYNC
				&& ((stuck.on().isReentrant() && isOneChain(cycle, stuck)) || isReadAmongReaders(stuck, next))) {
			// The next wait is that of the thread which holds the stuck call's handler.
			next.runNested(stuck.call());
			return;
		}
		List<String> waits = waits(cycle);
		DeferredDeadlockException deadlock = deadlock(waits);
		if (stuck.call().fail(deadlock)) {
			stuck.wake();
			stuck.on().reports().foundCircle(stuck.call(), waits);
		}
	}

	private static List<Wait> path(Wait mine) {
		List<Wait> path = new ArrayList<>();
		return leadsTo(mine.thread(), mine, path) ? path : List.of();
	}

	/**
	 * Follows the waits from this one on. A handler with several readers may lead several
	 * ways.
	 */
	private static boolean leadsTo(Thread thread, @Nullable Wait wait, List<Wait> path) {
		// A wait that is met twice closes a cycle that this thread is not part of.
		if (wait == null || wait.isOver() || path.contains(wait)) {
			return false;
		}
		path.add(wait);
		for (Hold held : wait.on().holds()) {
			if (held.mayDelay(wait) && (held.thread() == thread || leadsTo(thread, held.waiting(), path))) {
				return true;
			}
		}
		path.removeLast();
		return false;
	}

	/**
	 * Returns whether the stuck call is read-only and is blocked by a reader's wait.
	 * Nothing is written during that wait, so the call may run there.
	 */
	private static boolean isReadAmongReaders(Wait stuck, Wait next) {
		Hold held = heldBy(stuck.on(), next.thread());
		return stuck.call().isReadOnly() && held != null && held.isReading();
	}

	private static @Nullable Hold heldBy(HandlerCore handler, Thread thread) {
		return handler.holds().stream().filter((held) -> held.thread() == thread).findFirst().orElse(null);
	}

	/**
	 * Returns whether all other waits are for running calls, so that they form one chain
	 * of calls.
	 */
	private static boolean isOneChain(List<Wait> cycle, Wait stuck) {
		return cycle.stream().allMatch((wait) -> wait == stuck || wait.call().isRunning());
	}

	static DeferredDeadlockException deadlock(List<String> waits) {
		StringBuilder text = new StringBuilder(
				"This call would never be answered, because the handlers wait for each other in a circle:");
		waits.forEach((wait) -> text.append("%n  ".formatted()).append(wait));
		text.append("%nLet one of them be @Oneway or return a future, or declare the handler reentrant.".formatted());
		return new DeferredDeadlockException(text.toString(), null);
	}

	/** Describes each wait: what runs, what it waits for and where. */
	private static List<String> waits(List<Wait> cycle) {
		List<String> waits = new ArrayList<>();
		Wait before = cycle.getLast();
		for (Wait wait : cycle) {
			HandlerCore waiting = before.on();
			Hold held = heldBy(waiting, wait.thread());
			Call running = (held != null) ? held.running() : null;
			waits.add("%s waits for %s%s.%s at %s".formatted(
					(running != null) ? waiting.name() + "." + running.method()
							: waiting.name() + (waiting.isMade() ? "'s loop" : "'s constructor"),
					wait.isForRoom() ? "room in a full mailbox for " : "", wait.on().name(), wait.call().method(),
					site(wait.thread())));
			before = wait;
		}
		return waits;
	}

	private static String site(Thread thread) {
		@Nullable StackTraceElement site = CallSite.of(thread.getStackTrace());
		return (site != null) ? site.toString() : "an unknown place of thread '" + thread.getName() + "'";
	}

}
