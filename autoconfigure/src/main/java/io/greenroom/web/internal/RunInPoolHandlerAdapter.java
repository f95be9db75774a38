package io.greenroom.web.internal;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

import io.greenroom.green.GreenScheduler;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.async.AsyncWebRequest;
import org.springframework.web.context.request.async.CallableProcessingInterceptor;
import org.springframework.web.context.request.async.DeferredResultProcessingInterceptor;
import org.springframework.web.context.request.async.WebAsyncManager;
import org.springframework.web.context.request.async.WebAsyncUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.HandlerMethodReturnValueHandlerComposite;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.ServletInvocableHandlerMethod;

/**
 * Runs each controller in a slot of its pool. The slot is held until the method has
 * returned and its body is written, unless the body is asynchronous. A request takes no
 * more than one slot, even if it is forwarded from inside a controller. The dispatch that
 * continues with an asynchronous result takes no slot.
 */
public final class RunInPoolHandlerAdapter extends RequestMappingHandlerAdapter implements DisposableBean {

	private final PoolSelector selector;

	/** Provides the scheduler at the first request. */
	private final Supplier<GreenScheduler> provider;

	/**
	 * {@code null} until the first request; two concurrent first requests get the same
	 * one. Volatile, because it is handed from one request to the next without a lock.
	 */
	private volatile @Nullable GreenScheduler scheduler;

	/** {@code null} if controllers do not hop. */
	private final @Nullable Hop hop;

	/** This and the following are written while the adapter is configured. */
	private final HandlerMethodReturnValueHandlerComposite valueHandlers = new HandlerMethodReturnValueHandlerComposite();

	private @Nullable AsyncTaskExecutor asyncExecutor;

	private @Nullable Long asyncTimeout;

	private List<CallableProcessingInterceptor> callableInterceptors = List.of();

	private List<DeferredResultProcessingInterceptor> deferredResultInterceptors = List.of();

	/**
	 * Creates an adapter whose controllers run on the server's threads. The MVC
	 * configuration does the rest.
	 * @param selector the pool of each controller
	 * @param scheduler provides, at the first request, the scheduler that watches slow
	 * clients
	 */
	public RunInPoolHandlerAdapter(PoolSelector selector, Supplier<GreenScheduler> scheduler) {
		this.selector = selector;
		this.provider = scheduler;
		this.hop = null;
	}

	/**
	 * Creates an adapter whose controllers hop. The MVC configuration does the rest.
	 * @param selector the pool of each controller
	 * @param scheduler starts the green threads
	 * @param context carries the server thread's context over a hop
	 * @param users reads the user of a request, for the dispatch back
	 */
	public RunInPoolHandlerAdapter(PoolSelector selector, GreenScheduler scheduler, TaskDecorator context,
			Function<HttpServletRequest, HopUser> users) {
		this.selector = selector;
		this.provider = () -> scheduler;
		this.hop = new Hop(scheduler, context, users, this::inSlot);
	}

	@Override
	protected @Nullable ModelAndView handleInternal(HttpServletRequest request, HttpServletResponse response,
			HandlerMethod controller) throws Exception {
		Hop hop = this.hop;
		DispatcherType dispatch = request.getDispatcherType();
		WebAsyncManager async = (dispatch != DispatcherType.REQUEST || hop != null)
				? WebAsyncUtils.getAsyncManager(request) : null;
		if (hop != null && async != null && Hop.isReturning(async)) {
			return hop.land(async, request, response, controller, this::resume);
		}
		if (dispatch == DispatcherType.ERROR) {
			if (hop != null) {
				Hop.keepName(request);
			}
			return super.handleInternal(request, response, controller);
		}
		if ((async != null && async.hasConcurrentResult()) || SlotLease.isTaken(request)) {
			return super.handleInternal(request, response, controller);
		}
		ControllerPool pool = this.selector.select(controller);
		if (pool == null) {
			return super.handleInternal(request, response, controller);
		}
		HopGate.Exit exit = (hop != null) ? HopGate.exitFor(request) : null;
		if (hop != null && exit != null) {
			hop.leave(exit, request, response, controller, pool);
			return null;
		}
		return runInSlot(pool, request, response, controller);
	}

	private @Nullable ModelAndView runInSlot(ControllerPool pool, HttpServletRequest request,
			HttpServletResponse response, HandlerMethod controller) throws Exception {
		try (SlotLease lease = RequestAdmission.enter(pool, pool.reserve(), request)) {
			try {
				lease.watch(request, scheduler());
				return inSlot(lease, request, response, controller);
			}
			catch (Throwable failure) {
				lease.failed(failure);
				throw failure;
			}
		}
	}

	private GreenScheduler scheduler() {
		GreenScheduler known = this.scheduler;
		if (known == null) {
			known = this.provider.get();
			this.scheduler = known;
		}
		return known;
	}

	private @Nullable ModelAndView inSlot(SlotLease lease, HttpServletRequest request, HttpServletResponse response,
			HandlerMethod controller) throws Exception {
		lease.begin(request);
		try {
			return super.handleInternal(request, response, controller);
		}
		finally {
			SlotLease.end(request);
		}
	}

	/**
	 * Handles a value that a controller returned on a green thread. Does not call {@code
	 * super}, which would first run the {@code @ModelAttribute} methods again.
	 */
	private @Nullable ModelAndView resume(AsyncReturnValue handedBack, HttpServletRequest request,
			HttpServletResponse response) throws Exception {
		WebAsyncManager async = WebAsyncUtils.getAsyncManager(request);
		AsyncWebRequest asyncRequest = WebAsyncUtils.createAsyncWebRequest(request, response);
		asyncRequest.setTimeout(this.asyncTimeout);
		if (this.asyncExecutor != null) {
			async.setTaskExecutor(this.asyncExecutor);
		}
		async.setAsyncWebRequest(asyncRequest);
		this.callableInterceptors.forEach(async::registerCallableInterceptors);
		this.deferredResultInterceptors.forEach(async::registerDeferredResultInterceptors);
		HttpServletResponse guarded = asyncRequest.getNativeResponse(HttpServletResponse.class);
		ModelAndViewContainer model = handedBack.model();
		model.setRequestHandled(false);
		this.valueHandlers.handleReturnValue(handedBack.value(), handedBack.type(), model,
				new ServletWebRequest(request, (guarded != null) ? guarded : response));
		if (async.isConcurrentHandlingStarted() || model.isRequestHandled()) {
			return null;
		}
		return new ModelAndView(model.getViewName(), model.getModel(), model.getStatus());
	}

	@Override
	public void afterPropertiesSet() {
		super.afterPropertiesSet();
		this.valueHandlers.addHandlers(getReturnValueHandlers());
	}

	/** Called when the server has gone. */
	@Override
	public void destroy() {
		if (this.hop != null) {
			this.hop.close();
		}
	}

	@Override
	public void setTaskExecutor(AsyncTaskExecutor taskExecutor) {
		super.setTaskExecutor(taskExecutor);
		this.asyncExecutor = taskExecutor;
	}

	@Override
	public void setAsyncRequestTimeout(long timeout) {
		super.setAsyncRequestTimeout(timeout);
		this.asyncTimeout = timeout;
	}

	@Override
	public void setCallableInterceptors(List<CallableProcessingInterceptor> interceptors) {
		super.setCallableInterceptors(interceptors);
		this.callableInterceptors = List.copyOf(interceptors);
	}

	@Override
	public void setDeferredResultInterceptors(List<DeferredResultProcessingInterceptor> interceptors) {
		super.setDeferredResultInterceptors(interceptors);
		this.deferredResultInterceptors = List.copyOf(interceptors);
	}

	@Override
	protected ServletInvocableHandlerMethod createInvocableHandlerMethod(HandlerMethod controller) {
		return new PooledInvocableHandlerMethod(controller, getReactiveAdapterRegistry(), this.hop != null);
	}

}
