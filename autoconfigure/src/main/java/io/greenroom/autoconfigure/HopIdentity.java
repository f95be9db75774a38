package io.greenroom.autoconfigure;

import java.util.function.Consumer;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.util.ClassUtils;

/**
 * Keeps the authenticated user in the request, where Spring Security finds it in the
 * dispatch back, because filters that read a token skip that dispatch.
 */
final class HopIdentity {

	/**
	 * The attribute in which {@code RequestAttributeSecurityContextRepository} keeps it.
	 */
	static final String ATTRIBUTE = "org.springframework.security.web.context.RequestAttributeSecurityContextRepository"
			+ ".SPRING_SECURITY_CONTEXT";

	private static final boolean SECURITY = ClassUtils.isPresent(
			"org.springframework.security.core.context.SecurityContextHolder", HopIdentity.class.getClassLoader());

	private HopIdentity() {
	}

	static Consumer<HttpServletRequest> keeper() {
		return SECURITY ? Known::keep : (request) -> {
		};
	}

	/** Loaded only if Spring Security is present. */
	private static final class Known {

		static void keep(HttpServletRequest request) {
			SecurityContext context = SecurityContextHolder.getContext();
			if (context.getAuthentication() != null) {
				request.setAttribute(ATTRIBUTE, context);
			}
		}

	}

}
