package io.greenroom.web.internal;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * A request as its server sees it, below the servlet API. All reads and writes of
 * controllers and filters are visible here, without wrapping the request. Servers that
 * support it set it as the attribute {@link #ATTRIBUTE}. Confined to the thread that has
 * the request.
 */
public interface ServerExchange {

	/** The request attribute that holds the exchange. */
	String ATTRIBUTE = ServerExchange.class.getName();

	/**
	 * Sets the watch for all further reads of the body.
	 * @param watch the watch, or {@code null} for none
	 */
	void watchReads(@Nullable IoWatch watch);

	/**
	 * Sets the watch for all further writes of the answer.
	 * @param watch the watch, or {@code null} for none
	 */
	void watchWrites(@Nullable WriteWatch watch);

	/**
	 * Closes the connection or, with HTTP/2, the stream, because its client does not
	 * read. A thread that waits in a write receives an exception. May be called on any
	 * thread.
	 */
	void abort();

	/**
	 * Returns whether the client has disconnected, as far as the server can tell. Called
	 * once for a request that has waited in line, by the thread that is about to run its
	 * controller. Returns quickly.
	 * @return whether no client waits for the answer any more; {@code false} if the
	 * server cannot tell
	 */
	boolean isClientGone();

	/**
	 * Returns the exchange of a request.
	 * @param request the request
	 * @return the exchange, or {@code null} if the server has none, as with a mocked one
	 */
	static @Nullable ServerExchange of(HttpServletRequest request) {
		return (request.getAttribute(ATTRIBUTE) instanceof ServerExchange exchange) ? exchange : null;
	}

}
