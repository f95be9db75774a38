package io.greenroom.actuate.internal;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.Frames;
import org.jspecify.annotations.Nullable;

/**
 * How many machines have failed in each state of each class, and the words of the last
 * failure there: it is found also when nobody holds the machine any more, and keeps
 * neither a machine nor a throwable alive. There are as many entries as the program has
 * states. Safe for use by many threads.
 */
final class FailedMachines {

	/** What is longer is of no use in a list. */
	private static final int MOST_CHARACTERS = 500;

	private final Map<String, Map<String, GreenroomDump.Failed>> failed = new ConcurrentHashMap<>();

	void add(String machine, String state, Throwable failure) {
		String words = Failures.describe(failure);
		String cut = (words.length() > MOST_CHARACTERS) ? words.substring(0, MOST_CHARACTERS) + "..." : words;
		@Nullable String at = Frames.own(Frames.of(failure));
		GreenroomDump.Failed one = new GreenroomDump.Failed(machine, state, 1, cut, at, Instant.now());
		this.failed.computeIfAbsent(machine, (name) -> new ConcurrentHashMap<>())
			.merge(state, one, (before, now) -> now.after(before));
	}

	List<GreenroomDump.Failed> all() {
		return this.failed.values()
			.stream()
			.flatMap((states) -> states.values().stream())
			.sorted(Comparator.comparing(GreenroomDump.Failed::last).reversed())
			.toList();
	}

}
