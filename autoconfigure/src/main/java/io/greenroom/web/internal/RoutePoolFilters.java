package io.greenroom.web.internal;

import io.greenroom.green.GreenScheduler;
import io.greenroom.web.PoolFilters;
import io.greenroom.web.UnknownPoolException;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.web.servlet.function.HandlerFilterFunction;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * The only implementation of {@link PoolFilters}. For integrations; not intended for
 * applications. Safe for use by many threads.
 */
public final class RoutePoolFilters implements PoolFilters {

	private final ControllerPools pools;

	private final GreenScheduler scheduler;

	/**
	 * Creates the filters.
	 * @param pools the existing pools
	 * @param scheduler measures the time of slow bodies
	 */
	public RoutePoolFilters(ControllerPools pools, GreenScheduler scheduler) {
		this.pools = pools;
		this.scheduler = scheduler;
	}

	@Override
	public HandlerFilterFunction<ServerResponse, ServerResponse> in(String name) {
		ControllerPool pool = this.pools.find(name);
		if (pool == null) {
			throw new UnknownPoolException("A route", name, this.pools.names());
		}
		return (request, next) -> runInSlot(pool, request, next);
	}

	private ServerResponse runInSlot(ControllerPool pool, ServerRequest request, HandlerFunction<ServerResponse> next)
			throws Exception {
		HttpServletRequest servletRequest = request.servletRequest();
		try (SlotLease lease = RequestAdmission.enter(pool, pool.reserve(), servletRequest)) {
			try {
				lease.watch(servletRequest, this.scheduler);
				return next.handle(request);
			}
			catch (Throwable failure) {
				lease.failed(failure);
				throw failure;
			}
		}
	}

}
