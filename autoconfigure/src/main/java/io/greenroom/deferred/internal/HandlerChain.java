package io.greenroom.deferred.internal;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The handlers on all nodes that wait for what the current thread runs. For internal use
 * only.
 */
public final class HandlerChain {

	private HandlerChain() {
	}

	/**
	 * Returns which handlers would wait if the current thread waited.
	 * @return the handlers, outermost first; empty outside bodies
	 */
	public static List<Waiting> current() {
		Hold held = Hold.current();
		if (held == null) {
			return List.of();
		}
		List<Waiting> chain = new ArrayList<>();
		@Nullable Call running = held.running();
		if (running instanceof GuardedCall guarded) {
			chain.addAll(guarded.chain());
		}
		chain.add(new Waiting(held.handler().name(), held.isReading()));
		return chain;
	}

	/**
	 * A waiting handler.
	 *
	 * @param target the name of the handler
	 * @param reading whether its body only reads
	 */
	public record Waiting(String target, boolean reading) {

	}

}
