package io.greenroom.web.internal;

import java.util.function.Function;
import java.util.function.Supplier;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.SchedulerClosedException;
import io.greenroom.web.PoolRejectedException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.core.Ordered;
import org.springframework.core.task.TaskDecorator;
import org.springframework.util.Assert;
import org.springframework.web.context.request.async.WebAsyncManager;
import org.springframework.web.context.request.async.WebAsyncUtils;
import org.springframework.web.servlet.HandlerAdapter;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.support.HandlerFunctionAdapter;

/**
 * Lets functional routes hop. All filters of a route run on the green thread, whether or
 * not one of them belongs to a pool, because a filter that runs after the handler
 * function needs its answer. Spring's own adapter writes the answer in the dispatch back.
 */
public final class HopFunctionAdapter implements HandlerAdapter, Ordered, DisposableBean {

	private final Supplier<HandlerFunctionAdapter> usual;

	private final ControllerPools pools;

	private final Hop hop;

	/**
	 * Creates an adapter.
	 * @param usual Spring's own adapter
	 * @param pools rejects a request if no thread can be started
	 * @param scheduler starts the green threads
	 * @param context carries the server thread's context over a hop
	 * @param users reads the user of a request, for the dispatch back
	 */
	public HopFunctionAdapter(Supplier<HandlerFunctionAdapter> usual, ControllerPools pools, GreenScheduler scheduler,
			TaskDecorator context, Function<HttpServletRequest, HopUser> users) {
		this.usual = usual;
		this.pools = pools;
		this.hop = new Hop(scheduler, context, users, (_, _, _, _) -> null);
	}

	@Override
	public boolean supports(Object handler) {
		return handler instanceof HandlerFunction;
	}

	@Override
	public @Nullable ModelAndView handle(HttpServletRequest request, HttpServletResponse response, Object handler)
			throws Exception {
		WebAsyncManager async = WebAsyncUtils.getAsyncManager(request);
		if (async.hasConcurrentResult()) {
			Flight flight = Hop.isReturning(async) ? Hop.touchDown(async, request) : null;
			try {
				return this.usual.get().handle(request, response, handler);
			}
			catch (Throwable failure) {
				Hop.askForCauses(failure);
				throw failure;
			}
			finally {
				if (flight != null) {
					flight.end();
				}
			}
		}
		HopGate.Exit exit = (Flight.inTheAir(request) == null) ? HopGate.exitFor(request) : null;
		if (exit == null) {
			return this.usual.get().handle(request, response, handler);
		}
		ServerRequest asked = (ServerRequest) request.getAttribute(RouterFunctions.REQUEST_ATTRIBUTE);
		Assert.state(asked != null, "No request for the route");
		this.hop.leave(exit, request, response, new RouteTrip((HandlerFunction<?>) handler, asked));
		return null;
	}

	/** Before Spring's own. */
	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE - 1;
	}

	/** Called when the server has gone. */
	@Override
	public void destroy() {
		this.hop.close();
	}

	private final class RouteTrip implements Hop.Trip {

		private final HandlerFunction<?> route;

		private final ServerRequest request;

		RouteTrip(HandlerFunction<?> route, ServerRequest request) {
			this.route = route;
			this.request = request;
		}

		@Override
		public @Nullable Object fly(Flight flight, HttpServletResponse response) throws Exception {
			return this.route.handle(this.request);
		}

		@Override
		public void end() {
			// The request has no place in line yet.
		}

		@Override
		public PoolRejectedException reject(SchedulerClosedException closed) {
			return HopFunctionAdapter.this.pools.all().iterator().next().reject(closed);
		}

		@Override
		public String toString() {
			return "route";
		}

	}

}
