package io.greenroom.console.internal;

import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

/**
 * Leads requests that read to the console. Those that write are left to the endpoint,
 * which may have a pool of that name.
 */
public final class ConsoleMapping extends SimpleUrlHandlerMapping {

	/** Before the mapping of the endpoints, which takes all that is below their paths. */
	private static final int ORDER = -110;

	/**
	 * Makes a mapping.
	 * @param handlers the handlers by their paths
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
