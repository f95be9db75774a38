package io.greenroom.autoconfigure;

import java.io.IOException;

import io.greenroom.web.internal.ServerExchange;
import jakarta.servlet.ServletException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/** Gives each request of the embedded Tomcat its {@link ServerExchange}. */
final class TomcatExchanges extends ValveBase {

	TomcatExchanges() {
		super(true);
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		// An asynchronous request passes more than once, and may still be watched.
		if (request.getAttribute(ServerExchange.ATTRIBUTE) == null) {
			request.setAttribute(ServerExchange.ATTRIBUTE, new TomcatExchange(request.getCoyoteRequest()));
		}
		getNext().invoke(request, response);
	}

}
