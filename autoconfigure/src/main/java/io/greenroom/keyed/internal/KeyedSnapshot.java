package io.greenroom.keyed.internal;

import java.time.Duration;
import java.util.List;

import io.greenroom.deferred.internal.HandlerSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * What can be seen of a handler by key from outside. Nobody stops for it, so its parts
 * may be of slightly different moments.
 *
 * @param name the handler's name
 * @param active how many keys have an instance
 * @param awake how many of these have a green thread
 * @param busy how many of these have something to do
 * @param queued how many calls wait
 * @param oldestAge how long the oldest of them has waited; zero if none waits
 * @param stranded how many stored keys don't go on by themselves, as of some seconds ago;
 * {@code null} while nobody has counted them
 * @param busiest some of those that have something to do, with the most calls first
 */
public record KeyedSnapshot(String name, int active, int awake, int busy, int queued, Duration oldestAge,
		@Nullable Long stranded, List<HandlerSnapshot> busiest) {

	/** Copies the list. */
	public KeyedSnapshot {
		busiest = List.copyOf(busiest);
	}

}
