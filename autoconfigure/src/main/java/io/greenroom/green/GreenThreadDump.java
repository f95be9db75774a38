package io.greenroom.green;

import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * The living green threads of a scheduler as a tree. The JDK's thread beans do not show
 * virtual threads. {@link #toString()} draws the tree.
 *
 * @param scheduler the scheduler's name
 * @param alive how many threads are alive
 * @param threads the threads, or the first of them if a limit was given, each followed by
 * its children, oldest first
 */
public record GreenThreadDump(String scheduler, int alive, List<Entry> threads) {

	/** Copies the list. */
	public GreenThreadDump {
		threads = List.copyOf(threads);
	}

	/** Returns the tree as text: a line for each thread, with its frames below. */
	@Override
	public String toString() {
		StringBuilder text = new StringBuilder();
		text.append("Scheduler '").append(this.scheduler).append("': ").append(this.alive);
		text.append((this.alive == 1) ? " green thread" : " green threads");
		for (Entry thread : this.threads) {
			thread.describe(text);
		}
		return text.toString();
	}

	/**
	 * One thread.
	 *
	 * @param depth how many of its ancestors are alive
	 * @param name the thread's name
	 * @param state its state
	 * @param activity the state of its virtual thread; {@code null} before its start
	 * @param parent the parent's name, even if the parent has ended; {@code null} for a
	 * root
	 * @param spawnSite where it was created; empty unless captured
	 * @param stack the innermost frames, as many as requested
	 */
	public record Entry(int depth, String name, GreenThread.State state, Thread.@Nullable State activity,
			@Nullable String parent, List<StackTraceElement> spawnSite, List<StackTraceElement> stack) {

		/** Copies the lists. */
		public Entry {
			spawnSite = List.copyOf(spawnSite);
			stack = List.copyOf(stack);
		}

		private void describe(StringBuilder text) {
			String indent = "  ".repeat(this.depth + 1);
			text.append('\n').append(indent).append(this.name).append(": ").append(lower(this.state));
			if (this.activity != null) {
				text.append(", ").append(lower(this.activity));
			}
			if (this.depth == 0 && this.parent != null) {
				text.append(", spawned by ").append(this.parent);
			}
			if (!this.spawnSite.isEmpty()) {
				text.append(", spawned at ").append(this.spawnSite.getFirst());
			}
			for (StackTraceElement frame : this.stack) {
				text.append('\n').append(indent).append("    at ").append(frame);
			}
		}

		private static String lower(Enum<?> state) {
			return state.name().toLowerCase(Locale.ROOT).replace('_', ' ');
		}

	}

}
