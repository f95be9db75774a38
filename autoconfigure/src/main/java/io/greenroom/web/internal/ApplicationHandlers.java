package io.greenroom.web.internal;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.ControllerAdviceBean;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.annotation.ExceptionHandlerMappingInfo;
import org.springframework.web.method.annotation.ExceptionHandlerMethodResolver;
import org.springframework.web.servlet.mvc.method.annotation.ExceptionHandlerExceptionResolver;

/**
 * The application's own {@code @ExceptionHandler} methods. Determines whether one of them
 * answers a rejection.
 */
final class ApplicationHandlers {

	private final ExceptionHandlerExceptionResolver spring;

	/** The methods of the controllers that have thrown a rejection. */
	private final Map<Class<?>, ExceptionHandlerMethodResolver> controllers = new ConcurrentHashMap<>();

	ApplicationHandlers(ExceptionHandlerExceptionResolver spring) {
		this.spring = spring;
	}

	/**
	 * Returns whether the application answers. The methods are looked up as Spring does.
	 * However, an advice without a negative order counts only if it names the rejection,
	 * or an exception that wraps it.
	 * @param causes the thrown exception and its causes
	 * @param rejection the one of them that is the rejection
	 */
	boolean answers(List<Throwable> causes, Throwable rejection, NativeWebRequest request,
			@Nullable HandlerMethod handler) {
		List<MediaType> accepted = accepted(request);
		Class<?> type = (handler != null) ? handler.getBeanType() : null;
		if (handler != null && type != null) {
			if (find(this.controllers.computeIfAbsent(type, ExceptionHandlerMethodResolver::new), causes,
					accepted) != null) {
				return true;
			}
			if (Proxy.isProxyClass(type)) {
				type = AopUtils.getTargetClass(handler.getBean());
			}
		}
		for (Map.Entry<ControllerAdviceBean, ExceptionHandlerMethodResolver> advice : this.spring
			.getExceptionHandlerAdviceCache()
			.entrySet()) {
			if (advice.getKey().isApplicableToBeanType(type)) {
				Class<?> mapped = find(advice.getValue(), causes, accepted);
				if (mapped != null && (advice.getKey().getOrder() < 0 || !mapped.isAssignableFrom(kind(rejection)))) {
					return true;
				}
			}
		}
		return false;
	}

	private List<MediaType> accepted(NativeWebRequest request) {
		try {
			return this.spring.getContentNegotiationManager().resolveMediaTypes(request);
		}
		catch (HttpMediaTypeNotAcceptableException unreadable) {
			return List.of(MediaType.ALL);
		}
	}

	/** Finds the type by which the first handled cause is handled. */
	private static @Nullable Class<?> find(ExceptionHandlerMethodResolver methods, List<Throwable> causes,
			List<MediaType> accepted) {
		for (MediaType type : accepted) {
			for (Throwable cause : causes) {
				ExceptionHandlerMappingInfo found = methods.resolveExceptionMappingByExceptionType(cause.getClass(),
						type);
				if (found != null) {
					return nearest(found, cause.getClass());
				}
			}
		}
		return null;
	}

	private static Class<?> nearest(ExceptionHandlerMappingInfo found, Class<?> thrown) {
		Class<?> nearest = Throwable.class;
		for (Class<?> type : found.getExceptionTypes()) {
			if (type.isAssignableFrom(thrown) && nearest.isAssignableFrom(type)) {
				nearest = type;
			}
		}
		return nearest;
	}

	/** The supertypes of a rejection outside of Greenroom. */
	private static Class<?> kind(Throwable rejection) {
		Class<?> kind = rejection.getClass();
		while (kind.getName().startsWith("io.greenroom.")) {
			kind = kind.getSuperclass();
		}
		return kind;
	}

}
