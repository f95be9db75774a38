package io.greenroom.web;

import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/**
 * Makes the handler adapter that runs controllers in pools. For an application with a
 * {@code WebMvcRegistrations} bean of its own: let its
 * {@code getRequestMappingHandlerAdapter()} return {@link #create()}.
 */
@FunctionalInterface
public interface RunInPoolAdapters {

	/**
	 * Makes an adapter, for the MVC configuration to complete.
	 * @return a new adapter
	 */
	RequestMappingHandlerAdapter create();

}
