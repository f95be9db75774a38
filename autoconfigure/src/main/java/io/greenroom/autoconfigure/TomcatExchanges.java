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
		// The attributes of Coyote's request are the last ones that a servlet's request
		// looks in, and are not among its names.
		org.apache.coyote.Request exchanged = request.getCoyoteRequest();
		// An asynchronous request passes more than once, and may still be watched.
		if (exchanged.getAttribute(ServerExchange.ATTRIBUTE) == null) {
			exchanged.setAttribute(ServerExchange.ATTRIBUTE, new TomcatExchange(exchanged));
		}
		getNext().invoke(request, response);
	}

}
