package io.greenroom.web.internal;

import java.io.IOException;
import java.util.function.Supplier;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * The response that a controller sees after a hop. An error or redirect that the
 * controller sends is kept for the dispatch back: a container shows its error page only
 * for errors that are sent there, and Tomcat may let a body follow a redirect that is
 * sent while the server's thread still leaves. Confined to the controller's thread, then
 * to the dispatch back.
 */
final class HopResponse extends HttpServletResponseWrapper {

	private @Nullable Sending sent;

	/** Volatile, because a controller that has started async writes on other threads. */
	private volatile boolean landed;

	/** The controller's result for the dispatch to write, or {@code null}. */
	private final Supplier<@Nullable AsyncReturnValue> handedBack;

	HopResponse(HttpServletResponse response, Supplier<@Nullable AsyncReturnValue> handedBack) {
		super(response);
		this.handedBack = handedBack;
	}

	/**
	 * Spring sets its own caching headers when a body is written, which is normally too
	 * late for them. They must not become effective because a body is written after a
	 * hop.
	 */
	@Override
	public boolean containsHeader(String name) {
		AsyncReturnValue body = this.handedBack.get();
		return (body != null && !body.asynchronous() && HttpHeaders.CACHE_CONTROL.equalsIgnoreCase(name))
				|| super.containsHeader(name);
	}

	@Override
	public void sendError(int status) throws IOException {
		sendError(status, null);
	}

	@Override
	public void sendError(int status, @Nullable String message) throws IOException {
		send("Error " + status, true, (response) -> {
			if (message == null) {
				response.sendError(status);
			}
			else {
				response.sendError(status, message);
			}
		});
	}

	@Override
	public void sendRedirect(String location) throws IOException {
		send("A redirect", true, (response) -> response.sendRedirect(location));
	}

	@Override
	public void sendRedirect(String location, int status) throws IOException {
		send("A redirect", true, (response) -> response.sendRedirect(location, status));
	}

	@Override
	public void sendRedirect(String location, boolean clearBuffer) throws IOException {
		send("A redirect", clearBuffer, (response) -> response.sendRedirect(location, clearBuffer));
	}

	@Override
	public void sendRedirect(String location, int status, boolean clearBuffer) throws IOException {
		send("A redirect", clearBuffer, (response) -> response.sendRedirect(location, status, clearBuffer));
	}

	private void send(String what, boolean clearBuffer, Sending sending) throws IOException {
		if (this.landed) {
			sending.to((HttpServletResponse) getResponse());
			return;
		}
		if (isCommitted()) {
			throw new IllegalStateException(what + " can't be sent: the response is committed");
		}
		if (clearBuffer) {
			resetBuffer();
		}
		this.sent = sending;
	}

	@Override
	public boolean isCommitted() {
		return this.sent != null || super.isCommitted();
	}

	/** Called when nothing need be kept any more. */
	void land() {
		this.landed = true;
	}

	@Nullable Sending sent() {
		return this.sent;
	}

	/** An error or redirect to send. */
	@FunctionalInterface
	interface Sending {

		void to(HttpServletResponse response) throws IOException;

	}

}
