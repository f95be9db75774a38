package io.greenroom.web.internal;

import jakarta.servlet.http.HttpServletRequest;

/**
 * The user of a request that hops. The dispatch back passes the application's security
 * once more, as the user who was let in, whatever the controller has done since; the rest
 * of the request has the user that the controller has left. Used by one thread at a time.
 */
public interface HopUser {

	/** A user whom nobody has to know. */
	HopUser UNKNOWN = new HopUser() {

		@Override
		public void returns(HttpServletRequest request) {
			// Nothing is kept.
		}

		@Override
		public void hasReturned(HttpServletRequest request) {
			// Nothing was kept.
		}

	};

	/**
	 * Called before the dispatch back, at the end of the controller's thread.
	 * @param request the request
	 */
	void returns(HttpServletRequest request);

	/**
	 * Called in the dispatch back, when it has passed the filters.
	 * @param request the request
	 */
	void hasReturned(HttpServletRequest request);

}
