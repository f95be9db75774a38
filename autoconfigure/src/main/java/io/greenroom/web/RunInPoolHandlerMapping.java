package io.greenroom.web;

import java.lang.reflect.Method;
import java.util.function.Predicate;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.util.ClassUtils;
import org.springframework.web.multipart.MultipartHttpServletRequest;
import org.springframework.web.servlet.AsyncHandlerInterceptor;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.WebUtils;

/**
 * Notes for each request whether somebody wants to see it come back from a hop: an
 * interceptor that does more than to look at it beforehand, or a filter. If nobody does,
 * an answer that was written on the green thread needs no dispatch back. Requests mapped
 * by others always come back.
 */
public final class RunInPoolHandlerMapping extends RequestMappingHandlerMapping {

	private static final String EXPECTED_BACK = RunInPoolHandlerMapping.class.getName() + ".EXPECTED_BACK";

	/** Of interceptors, since most are asked for every request. */
	private static final ClassValue<Boolean> LOOKS_BACK = new ClassValue<>() {

		@Override
		protected Boolean computeValue(Class<?> interceptor) {
			return AsyncHandlerInterceptor.class.isAssignableFrom(interceptor)
					|| overrides(interceptor, "postHandle", ModelAndView.class)
					|| overrides(interceptor, "afterCompletion", Exception.class);
		}

	};

	private final RunInPoolMode mode;

	private final Predicate<ServletContext> asyncFilters;

	/**
	 * Makes a mapping; the MVC configuration does the rest.
	 * @param mode on which thread controllers run
	 * @param asyncFilters whether filters take part in the dispatch that ends
	 * asynchronous processing
	 */
	public RunInPoolHandlerMapping(RunInPoolMode mode, Predicate<ServletContext> asyncFilters) {
		this.mode = mode;
		this.asyncFilters = asyncFilters;
	}

	@Override
	protected HandlerExecutionChain getHandlerExecutionChain(Object handler, HttpServletRequest request) {
		HandlerExecutionChain chain = super.getHandlerExecutionChain(handler, request);
		if (this.mode == RunInPoolMode.HOP) {
			request.setAttribute(EXPECTED_BACK,
					looksBack(chain) || this.asyncFilters.test(request.getServletContext()));
		}
		return chain;
	}

	/**
	 * Looks whether a request that is about to hop must be dispatched back. A response
	 * that is wrapped may be finished by who has wrapped it, and the parts of a multipart
	 * request are cleaned up in the last dispatch.
	 */
	static boolean isExpectedBack(HttpServletRequest request, ServletResponse response) {
		return !Boolean.FALSE.equals(request.getAttribute(EXPECTED_BACK)) || response instanceof ServletResponseWrapper
				|| WebUtils.getNativeRequest(request, MultipartHttpServletRequest.class) != null;
	}

	private static boolean looksBack(HandlerExecutionChain chain) {
		for (HandlerInterceptor interceptor : chain.getInterceptorList()) {
			if (LOOKS_BACK.get(interceptor.getClass())) {
				return true;
			}
		}
		return false;
	}

	private static boolean overrides(Class<?> interceptor, String name, Class<?> last) {
		Method method = ClassUtils.getMethodIfAvailable(interceptor, name, HttpServletRequest.class,
				HttpServletResponse.class, Object.class, last);
		return method == null || method.getDeclaringClass() != HandlerInterceptor.class;
	}

}
