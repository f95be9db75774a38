package io.greenroom.web;

import org.springframework.web.servlet.function.HandlerFilterFunction;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Filters that run functional routes in a pool, as {@link RunInPool} does for
 * controllers: <pre>{@code
 * route().GET("/report", reports::write).filter(filters.in("reports")).build()
 * }</pre> A slot is held until the handler function has returned. The answer is written
 * without a slot. Safe for use by many threads.
 */
@FunctionalInterface
public interface PoolFilters {

	/**
	 * Creates a filter.
	 * @param name the pool's name
	 * @return a filter that runs its routes in the pool
	 * @throws UnknownPoolException if there is no pool with that name
	 */
	HandlerFilterFunction<ServerResponse, ServerResponse> in(String name);

}
