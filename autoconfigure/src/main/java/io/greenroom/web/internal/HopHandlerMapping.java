package io.greenroom.web.internal;

import java.util.ArrayList;
import java.util.List;

import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.handler.MappedInterceptor;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Spring's mapping, with access to the interceptors that a hop affects. */
public final class HopHandlerMapping extends RequestMappingHandlerMapping {

	/** Creates a mapping; the MVC configuration does the rest. */
	public HopHandlerMapping() {
	}

	/**
	 * Returns the interceptors of its controllers.
	 * @return the interceptors, including those of specific paths
	 */
	public List<HandlerInterceptor> interceptors() {
		List<HandlerInterceptor> all = new ArrayList<>();
		HandlerInterceptor[] adapted = getAdaptedInterceptors();
		if (adapted != null) {
			all.addAll(List.of(adapted));
		}
		MappedInterceptor[] mapped = getMappedInterceptors();
		if (mapped != null) {
			for (MappedInterceptor interceptor : mapped) {
				all.add(interceptor.getInterceptor());
			}
		}
		all.replaceAll((one) -> (one instanceof MappedInterceptor some) ? some.getInterceptor() : one);
		return all;
	}

}
