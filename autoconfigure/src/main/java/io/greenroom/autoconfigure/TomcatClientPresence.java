package io.greenroom.autoconfigure;

import io.greenroom.web.internal.ClientPresence;
import io.greenroom.web.internal.ServerExchange;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.coyote.ActionCode;

/**
 * Tells whether the client of an HTTP/1.1 connection to the embedded Tomcat has closed
 * it: a read that does not block finds its end. A client that has only closed its half
 * counts as gone. Other protocols can't be asked, and their clients count as there.
 */
final class TomcatClientPresence implements ClientPresence {

	/**
	 * Tomcat says "one byte" for a read that fails, so that the reader comes upon the
	 * failure. A byte that has really come is in the buffer after the look, and is seen
	 * there if it is of the body, or keeps the second look from reading if it is of the
	 * next request.
	 */
	@Override
	public boolean isGone(HttpServletRequest request) {
		return ServerExchange.of(request) instanceof TomcatExchange exchange && failsToRead(exchange.request())
				&& failsToRead(exchange.request());
	}

	private static boolean failsToRead(org.apache.coyote.Request request) {
		return available(request, false) == 0 && available(request, true) > 0;
	}

	private static int available(org.apache.coyote.Request request, boolean read) {
		request.action(ActionCode.AVAILABLE, read);
		return request.getAvailable();
	}

}
