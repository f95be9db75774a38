package io.greenroom.autoconfigure;

import java.util.function.Function;

import io.greenroom.web.internal.HopUser;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.util.ClassUtils;

/**
 * Keeps the authenticated user in the request, where Spring Security finds it in the
 * dispatch back, because filters that read a token skip that dispatch. Before and after
 * it, the request has what the application has put there: an error page, for example, has
 * no user if it has none without a hop.
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

	/** Returns what reads the user of a request that is about to hop. */
	static Function<HttpServletRequest, HopUser> reader() {
		return SECURITY ? Known::of : (request) -> HopUser.UNKNOWN;
	}

	/** Loaded only if Spring Security is present. */
	private static final class Known implements HopUser {

		/** A copy, because a logout empties the original. */
		private final SecurityContext admitted;

		/** The attribute before the controller. */
		private final @Nullable Object before;

		/** The attribute after the controller. */
		private @Nullable Object after;

		private Known(SecurityContext admitted, @Nullable Object before) {
			this.admitted = admitted;
			this.before = before;
		}

		static HopUser of(HttpServletRequest request) {
			Authentication user = SecurityContextHolder.getContext().getAuthentication();
			if (user == null) {
				return HopUser.UNKNOWN;
			}
			SecurityContext copy = SecurityContextHolder.createEmptyContext();
			copy.setAuthentication(user);
			return new Known(copy, request.getAttribute(ATTRIBUTE));
		}

		@Override
		public void returns(HttpServletRequest request) {
			this.after = request.getAttribute(ATTRIBUTE);
			request.setAttribute(ATTRIBUTE, this.admitted);
		}

		@Override
		public void hasReturned(HttpServletRequest request) {
			// Security may not have looked at the attribute yet.
			SecurityContextHolder.getContext();
			request.setAttribute(ATTRIBUTE, this.after);
			if (this.after != this.before && this.after instanceof SecurityContext changed) {
				SecurityContextHolder.setContext(changed);
			}
		}

	}

}
