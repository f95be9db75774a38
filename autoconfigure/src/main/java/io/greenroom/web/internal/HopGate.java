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
 * The outermost filter of an application whose controllers hop. A request that is to hop
 * takes off only here, when the server's thread has left all other filters, so that no
 * two threads touch it at the same time.
 */
public final class HopGate implements Filter {

	private static final String EXIT = HopGate.class.getName() + ".EXIT";

	/** Set by MockMvc, whose tests expect the answer, and their own thread. */
	private static final String MOCK_MVC = "org.springframework.test.web.servlet.MockMvc.MVC_RESULT_ATTRIBUTE";

	/** Makes the filter. */
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
	 * Returns the way out for a request that is to hop. A servlet looks for the answer to
	 * {@code OPTIONS} as soon as it has handed the request over, and gives its own if
	 * there is none yet. The target of a forward that a view makes hops like any other;
	 * an include is part of its page, and can't.
	 * @return the way out; null for a request that stays on its thread
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

	/** What happens when the server's thread leaves. Confined to it. */
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

		/** A filter has failed, and the server ends the request. */
		void cancel();

	}

}
