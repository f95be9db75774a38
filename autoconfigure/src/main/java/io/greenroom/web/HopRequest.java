package io.greenroom.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.web.context.request.async.WebAsyncUtils;

/**
 * The request as a controller sees it after a hop: with an async manager of its own,
 * since the request's is busy with the hop.
 */
final class HopRequest extends HttpServletRequestWrapper {

	private volatile @Nullable Object asyncManager;

	/** Confined to the controller's thread. */
	private @Nullable HandedBack handedBack;

	HopRequest(HttpServletRequest request) {
		super(request);
	}

	@Override
	public @Nullable Object getAttribute(String name) {
		return isAsyncManager(name) ? this.asyncManager : super.getAttribute(name);
	}

	@Override
	public void setAttribute(String name, @Nullable Object value) {
		if (isAsyncManager(name)) {
			this.asyncManager = value;
		}
		else {
			super.setAttribute(name, value);
		}
	}

	@Override
	public void removeAttribute(String name) {
		if (isAsyncManager(name)) {
			this.asyncManager = null;
		}
		else {
			super.removeAttribute(name);
		}
	}

	private static boolean isAsyncManager(String name) {
		return WebAsyncUtils.WEB_ASYNC_MANAGER_ATTRIBUTE.equals(name);
	}

	void handBack(HandedBack value) {
		this.handedBack = value;
	}

	@Nullable HandedBack handedBack() {
		return this.handedBack;
	}

}
