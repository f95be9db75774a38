package io.greenroom.autoconfigure;

import io.greenroom.web.internal.ClientPresence;
import io.greenroom.web.internal.ServerExchange;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.coyote.ActionCode;

/**
 * Determines whether the client of an HTTP/1.1 connection to the embedded Tomcat has
 * closed it, by a non-blocking read that finds the end of the stream. A client that has
 * closed only its own half counts as gone. Other protocols cannot be asked, and their
 * clients count as connected.
 */
final class TomcatClientPresence implements ClientPresence {

	/**
	 * If a read fails, Tomcat reports that one byte is available, so that the reader
	 * encounters the failure. A byte that has really arrived is in the buffer after the
	 * check. It is then visible there if it belongs to the body, and prevents the second
	 * check from reading if it belongs to the next request.
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
