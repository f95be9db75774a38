package io.greenroom.deferred.internal;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Who waits for what the current thread runs, as far as it came from other nodes. Users
 * don't need this.
 */
public final class HandlerChain {

	private HandlerChain() {
	}

	/**
	 * Returns who would wait if the current thread did.
	 * @return the handlers, from the outermost on; none outside bodies
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
	 * One that waits.
	 *
	 * @param target the name of the handler
	 * @param reading whether its body only reads
	 */
	public record Waiting(String target, boolean reading) {

	}

}
