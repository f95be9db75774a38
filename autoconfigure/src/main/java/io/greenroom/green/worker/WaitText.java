package io.greenroom.green.worker;

import java.util.List;

import io.greenroom.green.internal.Explained;
import io.greenroom.green.internal.Turn;
import io.greenroom.green.internal.Waits;
import io.greenroom.observe.WaitedFor;

/** Says in words what routines wait for, one line for each. */
final class WaitText {

	/** Where the classes are whose {@code toString} is not foreign code. */
	private static final String OWN = "io.greenroom.";

	private WaitText() {
	}

	/** Returns the lines, each with a line break before it. */
	static String of(List<? extends WorkerEngine.Routine> routines) {
		StringBuilder text = new StringBuilder();
		for (WorkerEngine.Routine routine : routines) {
			text.append("%n  '%s' ".formatted(routine.name())).append(what(routine.thread()));
		}
		return text.toString();
	}

	/** Returns the line of a thread, with a line break before it. */
	static String of(Thread waiting) {
		return "%n  '%s' ".formatted(waiting.getName()) + what(waiting);
	}

	private static String what(Thread thread) {
		Object blocker = Waits.blocker(thread);
		if (blocker instanceof Turn) {
			return "sleeps";
		}
		return (blocker != null) ? "waits for " + name(blocker, thread) : "runs, or waits with the JDK";
	}

	private static String name(Object blocker, Thread waiting) {
		if (blocker instanceof Explained part) {
			return part.explain(waiting);
		}
		if (blocker instanceof WaitedFor held) {
			return held.name() + heldBy(held.heldBy());
		}
		Class<?> type = blocker.getClass();
		return type.getName().startsWith(OWN) ? blocker.toString() : "a " + simpleName(type);
	}

	private static String heldBy(List<Thread> holders) {
		return holders.isEmpty() ? "" : ", which is held by " + holders.stream().map(Thread::getName).toList();
	}

	private static String simpleName(Class<?> type) {
		String name = type.getName();
		return name.substring(name.lastIndexOf('.') + 1);
	}

}
