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
	static Origin here(ContextCarrier carrier, boolean captureSite) {
		GreenThread<?> parent = GreenThread.current();
		return new Origin((parent != null) ? parent.lineage() : null, carrier.capture(), site(captureSite));
	}

	/** Of what belongs to nobody, no matter who makes it. */
	static Origin detached(boolean captureSite) {
		return new Origin(null, ContextCarrier.Snapshot.EMPTY, site(captureSite));
	}

	private static List<StackTraceElement> site(boolean captured) {
		return captured ? SpawnSite.here() : List.of();
	}

}
