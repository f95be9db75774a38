package io.greenroom.web.internal;

import java.io.IOException;
import java.util.function.Supplier;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * The response that a controller sees after a hop. An error that the controller sends is
 * kept for the dispatch back, because a container shows its error page only for errors
 * that are sent there. Confined to the controller's thread, then to the dispatch back.
 */
final class HopResponse extends HttpServletResponseWrapper {

	private @Nullable SentError sentError;

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
		if (this.landed) {
			new SentError(status, message).sendTo((HttpServletResponse) getResponse());
			return;
		}
		if (isCommitted()) {
			throw new IllegalStateException("Error " + status + " can't be sent: the response is committed");
		}
		resetBuffer();
		this.sentError = new SentError(status, message);
	}

	@Override
	public boolean isCommitted() {
		return this.sentError != null || super.isCommitted();
	}

	/** Called when errors need not be kept any more. */
	void land() {
		this.landed = true;
	}

	@Nullable SentError sentError() {
		return this.sentError;
	}

	/** An error to send. */
	record SentError(int status, @Nullable String message) {

		void sendTo(HttpServletResponse response) throws IOException {
			if (this.message == null) {
				response.sendError(this.status);
			}
			else {
				response.sendError(this.status, this.message);
			}
		}

	}

}
