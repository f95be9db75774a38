package io.greenroom.console.internal;

import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

/**
 * Maps read requests to the console. Write requests are left to the endpoint, which may
 * have a pool of the same name.
 */
public final class ConsoleMapping extends SimpleUrlHandlerMapping {

	/** Precedes the mapping of the endpoints, which handles all paths below theirs. */
	private static final int ORDER = -110;

	/**
	 * Creates a mapping.
	 * @param handlers the handlers by path
	 */
	public ConsoleMapping(Map<String, ?> handlers) {
		super(handlers, ORDER);
	}

	@Override
	protected @Nullable Object getHandlerInternal(HttpServletRequest request) throws Exception {
		boolean reads = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
		return reads ? super.getHandlerInternal(request) : null;
	}

}
