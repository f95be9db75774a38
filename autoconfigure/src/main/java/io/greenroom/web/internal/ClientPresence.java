package io.greenroom.web.internal;

import java.util.List;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Determines whether the client of a request is still connected, as far as the server can
 * tell. Safe for use by many threads.
 */
@FunctionalInterface
public interface ClientPresence {

	/** Considers every client to be connected. */
	ClientPresence UNKNOWN = (request) -> false;

	/**
	 * Combines several, one for each kind of server.
	 * @param all the ones to ask, each of which returns {@code false} for a server that
	 * it does not know
	 * @return a presence that asks all of them
	 */
	static ClientPresence any(List<ClientPresence> all) {
		return switch (all.size()) {
			case 0 -> UNKNOWN;
			case 1 -> all.getFirst();
			default -> (request) -> all.stream().anyMatch((one) -> one.isGone(request));
		};
	}

	/**
	 * Returns whether the client has disconnected. Called once for a request that has
	 * waited in line, by the thread that is about to run its controller, while no other
	 * thread reads the request. Returns quickly.
	 * @param request the request
	 * @return whether no client waits for the answer any more; {@code false} if the
	 * server cannot tell
	 */
	boolean isGone(HttpServletRequest request);

}
