package io.greenroom.green;

import java.util.List;

import io.greenroom.observe.ContextCarrier;
import org.jspecify.annotations.Nullable;

/**
 * Where a green thread comes from.
 *
 * @param parent what it shares with its siblings; {@code null} for a root
 * @param context the context that it runs in
 * @param site the frames of user code; empty unless captured
 */
record Origin(@Nullable Lineage parent, ContextCarrier.Snapshot context, List<StackTraceElement> site) {

	/** Returns the origin of a thread that the calling thread creates. */
	static Origin here(ContextCarrier carrier, boolean captureSite) {
		GreenThread<?> parent = GreenThread.current();
		return new Origin((parent != null) ? parent.lineage() : null, carrier.capture(), site(captureSite));
	}

	/**
	 * Returns the origin of a thread without parent and context, whichever thread creates
	 * it.
	 */
	static Origin detached(boolean captureSite) {
		return new Origin(null, ContextCarrier.Snapshot.EMPTY, site(captureSite));
	}

	private static List<StackTraceElement> site(boolean captured) {
		return captured ? SpawnSite.here() : List.of();
	}

}
