package io.greenroom.console.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;

import io.greenroom.observe.internal.Frames;
import io.greenroom.green.GreenThreadDump;
import io.greenroom.green.GreenThreadDump.Entry;

/** Finds green threads by a part of their name, and shows them with their ancestors. */
final class ThreadSearch {

	private static final int ROOM = 40_000;

	private static final int MOST = 500;

	/** The maximum number of threads for which stacks are taken. */
	private static final int FEW = 2000;

	private static final int FRAMES = 64;

	private ThreadSearch() {
	}

	/**
	 * Searches for threads.
	 * @param counted a dump without threads, for their number
	 * @param dump takes a dump of all threads, with the given number of frames
	 * @param text a part of the name; case is ignored
	 * @return the JSON of the threads in the order of the tree, and the number of matches
	 */
	static String search(GreenThreadDump counted, IntFunction<GreenThreadDump> dump, String text) {
		boolean stacks = counted.alive() <= FEW;
		GreenThreadDump all = dump.apply(stacks ? FRAMES : 0);
		List<Line> found = new ArrayList<>();
		int matches = find(all.threads(), text.toLowerCase(Locale.ROOT), found);
		JsonText json = new JsonText().begin('{').name("alive").value(all.alive()).name("stacks").value(stacks);
		ConsoleFrame.rows(json, "threads", matches, found, ROOM, ThreadSearch::write);
		return json.end('}').toString();
	}

	private static int find(List<Entry> threads, String text, List<Line> found) {
		int matches = 0;
		List<Entry> path = new ArrayList<>();
		int shown = 0;
		for (Entry thread : threads) {
			path.subList(Math.min(thread.depth(), path.size()), path.size()).clear();
			shown = Math.min(shown, path.size());
			path.add(thread);
			if (thread.name().toLowerCase(Locale.ROOT).contains(text)) {
				matches++;
				for (; shown < path.size() && found.size() < MOST; shown++) {
					found.add(new Line(path.get(shown), shown == path.size() - 1));
				}
			}
		}
		return matches;
	}

	private static void write(JsonText json, Line line) {
		Entry thread = line.thread();
		json.begin('{').name("depth").value(thread.depth()).name("name").value(thread.name());
		json.name("state").value(lower(thread.state()));
		Thread.State activity = thread.activity();
		json.name("activity").value((activity != null) ? lower(activity) : null);
		json.name("at").value(Frames.own(thread.stack()));
		json.name("match").value(line.match()).end('}');
	}

	private static String lower(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
	}

	/** A matching thread, or an ancestor of one. */
	private record Line(Entry thread, boolean match) {

	}

}
