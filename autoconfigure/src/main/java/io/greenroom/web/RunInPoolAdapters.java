package io.greenroom.web;

import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/**
 * Creates the handler adapter that runs controllers in pools. Only needed by an
 * application with its own {@code WebMvcRegistrations} bean, whose {@code
 * getRequestMappingHandlerAdapter()} must return {@link #create()}.
 */
@FunctionalInterface
public interface RunInPoolAdapters {

	/**
	 * Creates an adapter, which the MVC configuration completes.
	 * @return a new adapter
	 */
	RequestMappingHandlerAdapter create();

}
