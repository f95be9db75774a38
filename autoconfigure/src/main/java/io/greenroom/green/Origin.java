package io.greenroom.green;

import java.util.List;

import io.greenroom.observe.ContextCarrier;
import org.jspecify.annotations.Nullable;

/**
 * Where a green thread comes from.
 *
 * @param parent what it shares with its siblings; {@code null} for a root
 * @param context what it takes along
 * @param site the user's frames; empty unless captured
 */
record Origin(@Nullable Lineage parent, ContextCarrier.Snapshot context, List<StackTraceElement> site) {

	/** Of what the calling thread makes. */
	static Origin here(GreenScheduler scheduler) {
		GreenThread<?> parent = GreenThread.current();
		return new Origin((parent != null) ? parent.lineage() : null, scheduler.contextCarrier().capture(),
				site(scheduler));
	}

	/** Of what belongs to nobody, whoever makes it. */
	static Origin detached(GreenScheduler scheduler) {
		return new Origin(null, ContextCarrier.Snapshot.EMPTY, site(scheduler));
	}

	private static List<StackTraceElement> site(GreenScheduler scheduler) {
		return scheduler.capturesSpawnSites() ? SpawnSite.here() : List.of();
	}

}
