package io.greenroom.console.internal;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.util.ClassUtils;

/**
 * The header that a write request must contain if Spring Security's CSRF protection is
 * enabled.
 *
 * @param name the name of the header
 * @param token the value of the header
 */
record CsrfHeader(String name, String token) {

	private static final boolean KNOWN = ClassUtils.isPresent("org.springframework.security.web.csrf.CsrfToken",
			CsrfHeader.class.getClassLoader());

	/**
	 * Returns the header for the user of the given request, or {@code null} if there is
	 * no CSRF protection.
	 */
	static @Nullable CsrfHeader of(HttpServletRequest request) {
		return KNOWN ? Token.of(request) : null;
	}

	/** Loaded only if Spring Security is on the class path. */
	private static final class Token {

		static @Nullable CsrfHeader of(HttpServletRequest request) {
			return (request.getAttribute(CsrfToken.class.getName()) instanceof CsrfToken token)
					? new CsrfHeader(token.getHeaderName(), token.getToken()) : null;
		}

	}

}
