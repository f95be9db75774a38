package io.greenroom.web;

import io.greenroom.green.GreenScheduler;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.web.servlet.function.HandlerFilterFunction;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/**
 * Filters that let functional routes run in a pool, as {@link RunInPool} does for
 * controllers: <pre>{@code
 * route().GET("/report", reports::write).filter(filters.in("reports")).build()
 * }</pre> A slot is held until the handler function has returned; the answer is written
 * without one.
 */
public final class PoolFilters {

	private final ControllerPools pools;

	private final GreenScheduler scheduler;

	private final RequestAdmission admission;

	/**
	 * Makes the filters.
	 * @param pools the pools there are
	 * @param scheduler what keeps the time of slow bodies
	 * @param clients what knows whether a client is still there
	 */
	public PoolFilters(ControllerPools pools, GreenScheduler scheduler, ClientPresence clients) {
		this.pools = pools;
		this.scheduler = scheduler;
		this.admission = new RequestAdmission(clients);
	}

	/**
	 * Makes a filter.
	 * @param name the pool's name
	 * @return a filter that lets its routes run in the pool
	 * @throws UnknownPoolException if there is no pool of that name
	 */
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
		try (SlotLease lease = this.admission.enter(pool, pool.reserve(), servletRequest)) {
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
