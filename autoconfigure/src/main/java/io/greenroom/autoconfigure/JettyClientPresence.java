package io.greenroom.autoconfigure;

import io.greenroom.web.internal.ClientPresence;
import jakarta.servlet.http.HttpServletRequest;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;

/**
 * Tells whether Jetty has noticed that the client has closed its connection. It does not
 * look for that while a request is at work, so that most leave unnoticed until the answer
 * is written.
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
