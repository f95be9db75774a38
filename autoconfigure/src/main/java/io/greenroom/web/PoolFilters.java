package io.greenroom.web;

import java.util.concurrent.CompletableFuture;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.Reservation;
import io.greenroom.green.SchedulerClosedException;
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

	private final RunInPoolMode mode;

	private final GreenScheduler scheduler;

	private final Door door;

	/**
	 * Makes the filters.
	 * @param pools the pools there are
	 * @param mode on which thread handler functions run
	 * @param scheduler where threads to hop to come from
	 * @param clients what knows whether a client is still there
	 */
	public PoolFilters(ControllerPools pools, RunInPoolMode mode, GreenScheduler scheduler, ClientPresence clients) {
		this.pools = pools;
		this.mode = mode;
		this.scheduler = scheduler;
		this.door = new Door(clients);
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
		return (request, next) -> {
			try {
				Reservation reservation = pool.reserve();
				return hops(request.servletRequest()) ? hop(pool, reservation, request, next)
						: stay(pool, reservation, request, next);
			}
			catch (PoolRefusedException refusal) {
				return ServerResponse.from(refusal);
			}
		};
	}

	private boolean hops(HttpServletRequest request) {
		return this.mode == RunInPoolMode.HOP && request.isAsyncSupported();
	}

	private ServerResponse stay(ControllerPool pool, Reservation reservation, ServerRequest request,
			HandlerFunction<ServerResponse> next) throws Exception {
		try (Stay stay = this.door.enter(pool, reservation, request.servletRequest())) {
			try {
				return next.handle(request);
			}
			catch (Throwable failure) {
				stay.failed(failure);
				throw failure;
			}
		}
	}

	private ServerResponse hop(ControllerPool pool, Reservation reservation, ServerRequest request,
			HandlerFunction<ServerResponse> next) {
		CompletableFuture<ServerResponse> answer = new CompletableFuture<>();
		try {
			this.scheduler.spawn("route-" + pool.pool().name(), () -> {
				try {
					answer.complete(stay(pool, reservation, request, next));
				}
				catch (PoolRefusedException refusal) {
					answer.complete(ServerResponse.from(refusal));
				}
				catch (Throwable failure) {
					answer.completeExceptionally(failure);
				}
				finally {
					reservation.cancel();
				}
			});
		}
		catch (SchedulerClosedException closed) {
			reservation.cancel();
			throw pool.refuse(closed);
		}
		catch (Throwable failure) {
			reservation.cancel();
			throw failure;
		}
		return ServerResponse.async(answer);
	}

}
