package io.greenroom.web.internal;

import java.util.List;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Knows whether the client of a request is still there, as far as the server can tell.
 * Safe for use by many threads.
 */
@FunctionalInterface
public interface ClientPresence {

	/** Can't tell, and so takes every client to be there. */
	ClientPresence UNKNOWN = (request) -> false;

	/**
	 * Joins several, one for each kind of server.
	 * @param all who to ask, each answering {@code false} for a server it does not know
	 * @return who asks them all
	 */
	static ClientPresence any(List<ClientPresence> all) {
		return switch (all.size()) {
			case 0 -> UNKNOWN;
			case 1 -> all.getFirst();
			default -> (request) -> all.stream().anyMatch((one) -> one.isGone(request));
		};
	}

	/**
	 * Looks whether the client has gone. Asked once for a request that had to wait in
	 * line, by the thread that is about to run its controller, while nobody else reads
	 * the request. Returns quickly.
	 * @param request the request
	 * @return whether nobody waits for the answer any more; {@code false} where the
	 * server can't tell
	 */
	boolean isGone(HttpServletRequest request);

}
