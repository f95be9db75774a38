package io.greenroom.web;

import org.springframework.web.servlet.function.HandlerFilterFunction;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Filters that let functional routes run in a pool, as {@link RunInPool} does for
 * controllers: <pre>{@code
 * route().GET("/report", reports::write).filter(filters.in("reports")).build()
 * }</pre> A slot is held until the handler function has returned; the answer is written
 * without one. Safe for use by many threads.
 */
@FunctionalInterface
public interface PoolFilters {

	/**
	 * Makes a filter.
	 * @param name the pool's name
	 * @return a filter that lets its routes run in the pool
	 * @throws UnknownPoolException if there is no pool of that name
	 */
	HandlerFilterFunction<ServerResponse, ServerResponse> in(String name);

}
