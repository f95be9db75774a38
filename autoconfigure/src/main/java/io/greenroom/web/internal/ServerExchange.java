package io.greenroom.web.internal;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * A request as its server has it, below the servlet API: whatever a controller or a
 * filter reads through, it is seen here, and no request needs to be wrapped. Servers that
 * offer it set it as the attribute {@link #ATTRIBUTE}. Confined to the thread that has
 * the request.
 */
public interface ServerExchange {

	/** The attribute of a request in which it is found. */
	String ATTRIBUTE = ServerExchange.class.getName();

	/**
	 * Lets a watch see all that is read of the body from now on.
	 * @param watch the watch; null for none
	 */
	void watchReads(@Nullable IoWatch watch);

	/**
	 * Lets a watch see all that is written of the answer from now on.
	 * @param watch the watch; null for none
	 */
	void watchWrites(@Nullable WriteWatch watch);

	/**
	 * Ends the connection, or, over HTTP/2, the stream, since its client does not read. A
	 * waiting thread in a write gets an exception. Called on any thread.
	 */
	void abort();

	/**
	 * Returns that of a request.
	 * @param request the request
	 * @return the exchange; null if the server offers none, as a mocked one does
	 */
	static @Nullable ServerExchange of(HttpServletRequest request) {
		return (request.getAttribute(ATTRIBUTE) instanceof ServerExchange exchange) ? exchange : null;
	}

}
