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
 * Counts the machines that have failed in each state of each class, and keeps a
 * description of the last failure. The failure can therefore be found even if the machine
 * is no longer referenced. Neither machines nor throwables are kept alive. There is at
 * most one entry for each state in the program. This class is thread-safe.
 */
final class FailedMachines {

	/** Longer descriptions are of no use in a list. */
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
