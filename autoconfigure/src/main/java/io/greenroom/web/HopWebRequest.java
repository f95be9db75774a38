package io.greenroom.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.context.request.async.StandardServletAsyncWebRequest;

/**
 * The asynchronous request of a hop, which is dispatched back or, once it is answered and
 * nobody wants to see it again, ends where it is.
 */
final class HopWebRequest extends StandardServletAsyncWebRequest {

	/** Volatile: the container may report a failure on a thread of its own. */
	private volatile boolean answered;

	HopWebRequest(HttpServletRequest request, HttpServletResponse response) {
		super(request, response);
	}

	/** From now on there is nothing left to dispatch for. */
	void answered() {
		this.answered = true;
	}

	@Override
	public void dispatch() {
		if (!this.answered) {
			super.dispatch();
		}
		else if (!isAsyncComplete()) {
			getRequest().getAsyncContext().complete();
		}
	}

}
