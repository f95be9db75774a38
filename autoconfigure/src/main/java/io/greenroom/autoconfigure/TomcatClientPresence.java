package io.greenroom.autoconfigure;

import java.io.IOException;

import io.greenroom.web.ClientPresence;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/**
 * Tells whether the client of an HTTP/1.1 connection to the embedded Tomcat has closed
 * it: a read that does not block finds its end. A client that has only closed its half
 * counts as gone. Other protocols can't be asked, and their clients count as there.
 */
final class TomcatClientPresence extends ValveBase implements ClientPresence {

	private static final String REQUEST = TomcatClientPresence.class.getName() + ".REQUEST";

	TomcatClientPresence() {
		super(true);
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		request.setAttribute(REQUEST, new Inner(request));
		getNext().invoke(request, response);
	}

	/**
	 * Tomcat says "one byte" for a read that fails, so that the reader comes upon the
	 * failure. A byte that has really come is in the buffer after the look, and is seen
	 * there if it is of the body, or keeps the second look from reading if it is of the
	 * next request.
	 */
	@Override
	public boolean isGone(HttpServletRequest request) {
		return request.getAttribute(REQUEST) instanceof Inner inner && failsToRead(inner) && failsToRead(inner);
	}

	private static boolean failsToRead(Inner inner) {
		return available(inner, false) == 0 && available(inner, true) > 0;
	}

	private static int available(Inner inner, boolean read) {
		org.apache.coyote.Request request = inner.request.getCoyoteRequest();
		request.action(ActionCode.AVAILABLE, read);
		return request.getAvailable();
	}

	/** Shows nothing of the request to who prints the attributes. */
	private static final class Inner {

		private final Request request;

		Inner(Request request) {
			this.request = request;
		}

	}

}
