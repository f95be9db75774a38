package io.greenroom.console.internal;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.HttpRequestHandler;

/**
 * Redirects from {@value #PATH} to the page, and discloses nothing else. The entire
 * console is below the endpoint's path and is therefore covered by the application's
 * security. The location is relative, so that it is correct behind a proxy too.
 */
public final class ConsoleLink implements HttpRequestHandler {

	/** The path of the link within the servlet. */
	public static final String PATH = "/greenroom";

	private final String location;

	/**
	 * Creates a link.
	 * @param path the path of the page within the servlet
	 */
	public ConsoleLink(String path) {
		this.location = path.substring(1);
	}

	@Override
	public void handleRequest(HttpServletRequest request, HttpServletResponse response) {
		response.setStatus(HttpStatus.FOUND.value());
		response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
		response.setHeader(HttpHeaders.LOCATION, this.location);
	}

}
