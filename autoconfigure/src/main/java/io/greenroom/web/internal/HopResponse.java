package io.greenroom.web.internal;

import java.io.IOException;
import java.util.function.Supplier;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * The response as a controller sees it after a hop: an error that it sends is kept for
 * the dispatch back, since a container shows its error page only for one that was sent
 * there. Confined to the controller's thread, then to the dispatch back.
 */
final class HopResponse extends HttpServletResponseWrapper {

	private @Nullable SentError sentError;

	/** Volatile: a controller that has started async writes on other threads. */
	private volatile boolean landed;

	/** What the controller has handed back for the dispatch to write, if anything. */
	private final Supplier<@Nullable AsyncReturnValue> handedBack;

	HopResponse(HttpServletResponse response, Supplier<@Nullable AsyncReturnValue> handedBack) {
		super(response);
		this.handedBack = handedBack;
	}

	/**
	 * Spring sets its own caching headers when a body is written, which is too late for
	 * them: they must not come in time because the body is written after a hop.
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

	/** From now on nobody waits for what is kept. */
	void land() {
		this.landed = true;
	}

	@Nullable SentError sentError() {
		return this.sentError;
	}

	/** An error to be sent. */
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
