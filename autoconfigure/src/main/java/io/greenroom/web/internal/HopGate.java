package io.greenroom.web.internal;

import java.io.IOException;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * The outermost filter of an application whose controllers hop. A request starts its hop
 * only here, after the server's thread has left all other filters, so that two threads
 * never touch it at the same time.
 */
public final class HopGate implements Filter {

	private static final String EXIT = HopGate.class.getName() + ".EXIT";

	/** Set by MockMvc, whose tests expect the answer on their own thread. */
	private static final String MOCK_MVC = "org.springframework.test.web.servlet.MockMvc.MVC_RESULT_ATTRIBUTE";

	/** Creates the filter. */
	public HopGate() {
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		Exit exit = new Exit();
		request.setAttribute(EXIT, exit);
		boolean left = false;
		try {
			chain.doFilter(request, response);
			left = true;
		}
		finally {
			// The last time that this thread touches the request.
			request.removeAttribute(EXIT);
			if (!left) {
				exit.abandon();
			}
		}
		exit.leave();
	}

	/**
	 * Returns the exit for a request that may hop. For {@code OPTIONS}, a servlet checks
	 * for the answer as soon as it has passed the request on, and sends its own if there
	 * is none yet, so such a request does not hop. The target of a view's forward hops
	 * like any other request. An include is part of its page and cannot hop.
	 * @return the exit, or {@code null} for a request that stays on its thread
	 */
	static @Nullable Exit exitFor(HttpServletRequest request) {
		if ("OPTIONS".equals(request.getMethod())
				|| (request.getDispatcherType() != DispatcherType.REQUEST
						&& request.getDispatcherType() != DispatcherType.FORWARD)
				|| !request.isAsyncSupported() || request.isAsyncStarted() || request.getAttribute(MOCK_MVC) != null) {
			return null;
		}
		return (request.getAttribute(EXIT) instanceof Exit exit) ? exit : null;
	}

	/** Runs when the server's thread leaves. Confined to that thread. */
	static final class Exit {

		private @Nullable Departure next;

		void then(Departure departure) {
			this.next = departure;
		}

		private void leave() {
			if (this.next != null) {
				this.next.go();
			}
		}

		private void abandon() {
			if (this.next != null) {
				this.next.cancel();
			}
		}

	}

	/** A request that is about to hop. */
	interface Departure {

		void go();

		/** Called when a filter has failed and the server ends the request. */
		void cancel();

	}

}
