package io.greenroom.console.internal;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.util.ClassUtils;

/**
 * What a request that changes something must bring where Spring Security protects from
 * requests that other sites have forged.
 *
 * @param name the header's name
 * @param token its value
 */
record CsrfHeader(String name, String token) {

	private static final boolean KNOWN = ClassUtils.isPresent("org.springframework.security.web.csrf.CsrfToken",
			CsrfHeader.class.getClassLoader());

	/** Returns what this request's user must send; nothing without such protection. */
	static @Nullable CsrfHeader of(HttpServletRequest request) {
		return KNOWN ? Token.of(request) : null;
	}

	/** Loaded only where the class is there. */
	private static final class Token {

		static @Nullable CsrfHeader of(HttpServletRequest request) {
			return (request.getAttribute(CsrfToken.class.getName()) instanceof CsrfToken token)
					? new CsrfHeader(token.getHeaderName(), token.getToken()) : null;
		}

	}

}
