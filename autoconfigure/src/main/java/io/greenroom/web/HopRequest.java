package io.greenroom.web;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.web.context.request.async.WebAsyncUtils;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * The request as a controller sees it after a hop: with an async manager of its own,
 * since the request's is busy with the hop, as it is itself; and with a parsed path of
 * its own, since the server's thread takes away the request's on its way out, and that of
 * a forward with it.
 */
final class HopRequest extends HttpServletRequestWrapper {

	private volatile @Nullable Object asyncManager;

	/** Confined to the controller's thread. */
	private @Nullable HandedBack handedBack;

	/** Volatile: the controller may start async on a thread of its own. */
	private volatile @Nullable HopAsync async;

	private final HopResponse response;

	private volatile @Nullable Object path;

	HopRequest(HttpServletRequest request, @Nullable Object path, HopResponse response) {
		super(request);
		this.path = path;
		this.response = response;
	}

	@Override
	public AsyncContext startAsync() {
		return startAsync(this, this.response, true);
	}

	@Override
	public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
		return startAsync(request, response, false);
	}

	private synchronized AsyncContext startAsync(ServletRequest request, ServletResponse response, boolean original) {
		if (this.async != null) {
			throw new IllegalStateException("The request is asynchronous already");
		}
		HopAsync started = new HopAsync(request, response, original);
		this.async = started;
		return started;
	}

	@Override
	public boolean isAsyncStarted() {
		return this.async != null;
	}

	@Override
	public AsyncContext getAsyncContext() {
		HopAsync started = this.async;
		if (started == null) {
			throw new IllegalStateException("The request is not asynchronous; call startAsync() before");
		}
		return started;
	}

	@Nullable HopAsync async() {
		return this.async;
	}

	@Override
	public @Nullable Object getAttribute(String name) {
		if (isAsyncManager(name)) {
			return this.asyncManager;
		}
		return isPath(name) ? this.path : super.getAttribute(name);
	}

	@Override
	public void setAttribute(String name, @Nullable Object value) {
		if (isAsyncManager(name)) {
			this.asyncManager = value;
		}
		else if (isPath(name)) {
			this.path = value;
		}
		else {
			super.setAttribute(name, value);
		}
	}

	@Override
	public void removeAttribute(String name) {
		if (isAsyncManager(name) || isPath(name)) {
			setAttribute(name, null);
		}
		else {
			super.removeAttribute(name);
		}
	}

	private static boolean isAsyncManager(String name) {
		return WebAsyncUtils.WEB_ASYNC_MANAGER_ATTRIBUTE.equals(name);
	}

	private static boolean isPath(String name) {
		return ServletRequestPathUtils.PATH_ATTRIBUTE.equals(name);
	}

	void handBack(HandedBack value) {
		this.handedBack = value;
	}

	@Nullable HandedBack handedBack() {
		return this.handedBack;
	}

}
