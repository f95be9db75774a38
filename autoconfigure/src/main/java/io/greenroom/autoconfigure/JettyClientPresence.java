package io.greenroom.autoconfigure;

import io.greenroom.web.internal.ClientPresence;
import jakarta.servlet.http.HttpServletRequest;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;

/**
 * Determines whether Jetty has noticed that the client has closed its connection. Jetty
 * does not check that while a request is being handled, so most disconnects are noticed
 * only when the answer is written.
 */
final class JettyClientPresence implements ClientPresence {

	@Override
	public boolean isGone(HttpServletRequest request) {
		try {
			EndPoint connection = ServletContextRequest.getServletContextRequest(request)
				.getConnectionMetaData()
				.getConnection()
				.getEndPoint();
			return !connection.isOpen() || connection.isInputShutdown();
		}
		catch (IllegalStateException | NullPointerException notJetty) {
			return false;
		}
	}

}
