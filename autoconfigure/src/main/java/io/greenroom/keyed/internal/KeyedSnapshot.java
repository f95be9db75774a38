package io.greenroom.keyed.internal;

import java.time.Duration;
import java.util.List;

import io.greenroom.deferred.internal.HandlerSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a keyed handler. No thread is stopped to take it, so its values may be
 * from slightly different moments.
 *
 * @param name the handler's name
 * @param active the number of keys that have an instance
 * @param awake how many of these have a green thread
 * @param busy how many of these are not idle
 * @param queued the number of waiting calls
 * @param oldestAge how long the oldest of them has waited; zero if no call waits
 * @param stranded the number of stored keys that do not continue without help, as of some
 * seconds ago, or {@code null} before the first count
 * @param busiest some of the busy instances, starting with those that have the most calls
 */
public record KeyedSnapshot(String name, int active, int awake, int busy, int queued, Duration oldestAge,
		@Nullable Long stranded, List<HandlerSnapshot> busiest) {

	/** Copies the list. */
	public KeyedSnapshot {
		busiest = List.copyOf(busiest);
	}

}
