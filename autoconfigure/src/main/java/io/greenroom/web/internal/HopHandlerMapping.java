package io.greenroom.web.internal;

import java.util.ArrayList;
import java.util.List;

import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.handler.MappedInterceptor;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Spring's mapping, which can tell whom a hop concerns. */
public final class HopHandlerMapping extends RequestMappingHandlerMapping {

	/** Makes a mapping; the MVC configuration does the rest. */
	public HopHandlerMapping() {
	}

	/**
	 * Returns the interceptors of its controllers.
	 * @return the interceptors, those of some paths only included
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
