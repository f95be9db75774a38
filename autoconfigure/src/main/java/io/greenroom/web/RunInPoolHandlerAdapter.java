package io.greenroom.web;

import io.greenroom.green.GreenScheduler;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.core.task.TaskDecorator;
import org.springframework.web.context.request.async.WebAsyncManager;
import org.springframework.web.context.request.async.WebAsyncUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.ServletInvocableHandlerMethod;

/**
 * Runs each controller in a slot of its pool. The slot is held until the method has
 * returned and its body, unless an asynchronous one, is written. A request takes one slot
 * at most, also when it is forwarded from inside a controller; the dispatch that goes on
 * with an asynchronous result takes none.
 */
public final class RunInPoolHandlerAdapter extends RequestMappingHandlerAdapter {

	private static final String IN_POOL = RunInPoolHandlerAdapter.class.getName() + ".IN_POOL";

	/** Set by MockMvc, whose tests expect the answer, and their own thread. */
	private static final String MOCK_MVC = "org.springframework.test.web.servlet.MockMvc.MVC_RESULT_ATTRIBUTE";

	private final PoolSelector selector;

	private final RunInPoolMode mode;

	private final GreenScheduler scheduler;

	private final Door door;

	private final Hop hop;

	/**
	 * Makes an adapter; the MVC configuration does the rest.
	 * @param selector the pool of each controller
	 * @param mode on which thread controllers run
	 * @param scheduler where threads to hop to come from
	 * @param context what carries the server thread's context over a hop
	 * @param clients what knows whether a client is still there
	 */
	public RunInPoolHandlerAdapter(PoolSelector selector, RunInPoolMode mode, GreenScheduler scheduler,
			TaskDecorator context, ClientPresence clients) {
		this.selector = selector;
		this.mode = mode;
		this.scheduler = scheduler;
		this.door = new Door(clients);
		this.hop = new Hop(scheduler, context, this.door, this::inSlot);
	}

	@Override
	protected @Nullable ModelAndView handleInternal(HttpServletRequest request, HttpServletResponse response,
			HandlerMethod controller) throws Exception {
		WebAsyncManager async = WebAsyncUtils.getAsyncManager(request);
		if (Hop.isReturning(async)) {
			return this.hop.land(async, request, response, controller, super::handleInternal);
		}
		if (async.hasConcurrentResult() || request.getDispatcherType() == DispatcherType.ERROR
				|| request.getAttribute(IN_POOL) != null) {
			return super.handleInternal(request, response, controller);
		}
		ControllerPool pool = this.selector.select(controller);
		if (pool == null) {
			return super.handleInternal(request, response, controller);
		}
		if (hops(request)) {
			this.hop.leave(async, request, response, controller, pool);
			return null;
		}
		return stay(pool, request, response, controller);
	}

	private @Nullable ModelAndView stay(ControllerPool pool, HttpServletRequest request, HttpServletResponse response,
			HandlerMethod controller) throws Exception {
		try (Stay stay = this.door.enter(pool, pool.reserve(), request)) {
			try {
				return inSlot(stay.watch(request, this.scheduler), response, controller);
			}
			catch (Throwable failure) {
				stay.failed(failure);
				throw failure;
			}
		}
	}

	private boolean hops(HttpServletRequest request) {
		boolean wanted = switch (this.mode) {
			case AUTO -> !Thread.currentThread().isVirtual();
			case INLINE -> false;
			case HOP -> true;
		};
		return wanted && request.getDispatcherType() == DispatcherType.REQUEST && request.isAsyncSupported()
				&& request.getAttribute(MOCK_MVC) == null;
	}

	private @Nullable ModelAndView inSlot(HttpServletRequest request, HttpServletResponse response,
			HandlerMethod controller) throws Exception {
		request.setAttribute(IN_POOL, true);
		try {
			return super.handleInternal(request, response, controller);
		}
		finally {
			request.removeAttribute(IN_POOL);
		}
	}

	@Override
	protected ServletInvocableHandlerMethod createInvocableHandlerMethod(HandlerMethod controller) {
		return new HopInvocable(controller, getReactiveAdapterRegistry());
	}

}
