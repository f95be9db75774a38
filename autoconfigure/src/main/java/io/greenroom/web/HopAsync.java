package io.greenroom.web;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * What a controller gets that starts async by itself after a hop. The request is busy
 * with the hop until it is back; what is asked for before happens then, in that order.
 * Safe for use by many threads.
 */
final class HopAsync implements AsyncContext {

	/** What the servlet specification says. */
	private static final long DEFAULT_TIMEOUT = 30_000;

	private final ServletRequest request;

	private final ServletResponse response;

	private final boolean original;

	/** Guarded by this. */
	private List<Consumer<AsyncContext>> asked = new ArrayList<>();

	/** Guarded by this; set once, when all that was asked for before is done. */
	private @Nullable AsyncContext real;

	/** Volatile: whoever asks sees the last one set. */
	private volatile long timeout = DEFAULT_TIMEOUT;

	HopAsync(ServletRequest request, ServletResponse response, boolean original) {
		this.request = request;
		this.response = response;
		this.original = original;
	}

	/** Goes on as the container's own. */
	void land(AsyncContext context) {
		while (true) {
			List<Consumer<AsyncContext>> next;
			synchronized (this) {
				if (this.asked.isEmpty()) {
					this.real = context;
					return;
				}
				next = this.asked;
				this.asked = new ArrayList<>();
			}
			next.forEach((action) -> action.accept(context));
		}
	}

	private void ask(Consumer<AsyncContext> action) {
		AsyncContext context;
		synchronized (this) {
			context = this.real;
			if (context == null) {
				this.asked.add(action);
				return;
			}
		}
		action.accept(context);
	}

	@Override
	public ServletRequest getRequest() {
		return this.request;
	}

	@Override
	public ServletResponse getResponse() {
		return this.response;
	}

	@Override
	public boolean hasOriginalRequestAndResponse() {
		return this.original;
	}

	@Override
	public void dispatch() {
		ask(AsyncContext::dispatch);
	}

	@Override
	public void dispatch(String path) {
		ask((context) -> context.dispatch(path));
	}

	@Override
	public void dispatch(ServletContext servletContext, String path) {
		ask((context) -> context.dispatch(servletContext, path));
	}

	@Override
	public void complete() {
		ask(AsyncContext::complete);
	}

	@Override
	public void start(Runnable run) {
		ask((context) -> context.start(run));
	}

	@Override
	public void addListener(AsyncListener listener) {
		ask((context) -> context.addListener(listener));
	}

	@Override
	public void addListener(AsyncListener listener, ServletRequest servletRequest, ServletResponse servletResponse) {
		ask((context) -> context.addListener(listener, servletRequest, servletResponse));
	}

	@Override
	public <T extends AsyncListener> T createListener(Class<T> type) throws ServletException {
		try {
			return type.getDeclaredConstructor().newInstance();
		}
		catch (ReflectiveOperationException ex) {
			throw new ServletException("Listener " + type.getName() + " can't be made without arguments", ex);
		}
	}

	@Override
	public void setTimeout(long timeout) {
		this.timeout = timeout;
		ask((context) -> context.setTimeout(timeout));
	}

	@Override
	public long getTimeout() {
		return this.timeout;
	}

}
