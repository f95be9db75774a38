package io.greenroom.web;

import java.util.Map;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.Reservation;
import io.greenroom.green.SchedulerClosedException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import org.springframework.context.i18n.LocaleContext;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.util.Assert;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.context.request.async.AsyncWebRequest;
import org.springframework.web.context.request.async.WebAsyncManager;
import org.springframework.web.context.request.async.WebAsyncTask;
import org.springframework.web.context.request.async.WebAsyncUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.FlashMap;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.support.RequestContextUtils;

/**
 * Takes a request from a server's platform thread to a green thread and back. The request
 * is asynchronous in between, exactly as for a controller that returns a
 * {@code Callable}: interceptors that know those (security, open sessions) take part.
 * <ol>
 * <li>{@link #leave} reserves, so that a refusal costs nothing, and starts async;
 * <li>on the green thread the controller gets its slot, runs, and writes its body;
 * <li>{@link #land} is the dispatch back: it returns the view, throws what the controller
 * has thrown, or handles the value of an asynchronous kind that was handed back.
 * </ol>
 */
final class Hop {

	/** Runs a controller on the current thread. */
	@FunctionalInterface
	interface Run {

		@Nullable ModelAndView run(HttpServletRequest request, HttpServletResponse response, HandlerMethod controller)
				throws Exception;

	}

	/** Tells our own concurrent results from those of the application's controllers. */
	private static final Object OURS = new Object();

	/** The container's own timeout must not cut the queue or the controller short. */
	private static final long NO_TIMEOUT = 0;

	private final GreenScheduler scheduler;

	private final TaskDecorator context;

	private final Door door;

	private final Run inSlot;

	Hop(GreenScheduler scheduler, TaskDecorator context, Door door, Run inSlot) {
		this.scheduler = scheduler;
		this.context = context;
		this.door = door;
		this.inSlot = inSlot;
	}

	static boolean isReturning(WebAsyncManager async) {
		Object[] context = async.getConcurrentResultContext();
		return async.hasConcurrentResult() && context != null && context.length > 0 && context[0] == OURS;
	}

	void leave(WebAsyncManager async, HttpServletRequest request, HttpServletResponse response,
			HandlerMethod controller, ControllerPool pool) throws Exception {
		Reservation reservation = pool.reserve();
		try {
			AsyncWebRequest asyncRequest = WebAsyncUtils.createAsyncWebRequest(request, response);
			async.setAsyncWebRequest(asyncRequest);
			// Refuses writes once the client has gone.
			HttpServletResponse guarded = asyncRequest.getNativeResponse(HttpServletResponse.class);
			Assert.state(guarded != null, "No response");
			Map<String, String> mdc = MDC.getCopyOfContextMap();
			LocaleContext locale = LocaleContextHolder.getLocaleContext();
			AsyncTaskExecutor executor = (task) -> spawn(pool, reservation, task);
			async.startCallableProcessing(new WebAsyncTask<>(NO_TIMEOUT, executor, () -> {
				if (mdc != null) {
					MDC.setContextMap(mdc);
				}
				LocaleContextHolder.setLocaleContext(locale);
				try (Stay stay = this.door.enter(pool, reservation, request)) {
					return fly(stay, new HopRequest(stay.watch(request, this.scheduler)), new HopResponse(guarded),
							controller);
				}
				finally {
					LocaleContextHolder.resetLocaleContext();
					MDC.clear();
				}
			}), OURS);
		}
		catch (Throwable failure) {
			reservation.cancel();
			throw failure;
		}
	}

	/**
	 * The thread is the request's, not the pool's: it also waits in line. A failure here
	 * becomes the outcome of the request, which is asynchronous by now.
	 */
	private void spawn(ControllerPool pool, Reservation reservation, Runnable task) {
		try {
			Runnable inContext = this.context.decorate(task);
			this.scheduler.spawn("controller-" + pool.pool().name(), () -> {
				try {
					inContext.run();
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
	}

	private Landing fly(Stay stay, HopRequest request, HopResponse response, HandlerMethod controller)
			throws Exception {
		ServletRequestAttributes attributes = new ServletRequestAttributes(request, response);
		RequestContextHolder.setRequestAttributes(attributes);
		try {
			ModelAndView view = this.inSlot.run(request, response, controller);
			return new Landing(view, request.handedBack(), response.sentError(),
					RequestContextUtils.getOutputFlashMap(request));
		}
		catch (Throwable failure) {
			stay.failed(failure);
			throw failure;
		}
		finally {
			RequestContextHolder.resetRequestAttributes();
			attributes.requestCompleted();
		}
	}

	@Nullable ModelAndView land(WebAsyncManager async, HttpServletRequest request, HttpServletResponse response,
			HandlerMethod controller, Run handle) throws Exception {
		Object result = async.getConcurrentResult();
		async.clearConcurrentResult();
		return switch (result) {
			case Landing landing -> land(landing, request, response, controller, handle);
			case Exception thrown -> throw thrown;
			case Error thrown -> throw thrown;
			case null, default -> throw new IllegalStateException("An interceptor replaced the result of "
					+ controller.getShortLogMessage() + " by " + result + "; set greenroom.web.mode to inline");
		};
	}

	private static @Nullable ModelAndView land(Landing landing, HttpServletRequest request,
			HttpServletResponse response, HandlerMethod controller, Run handle) throws Exception {
		// Each dispatch has an output flash map of its own; only the last one is saved.
		FlashMap flash = RequestContextUtils.getOutputFlashMap(request);
		if (flash != null && landing.flash() != null) {
			flash.putAll(landing.flash());
			flash.setTargetRequestPath(landing.flash().getTargetRequestPath());
			flash.addTargetRequestParams(landing.flash().getTargetRequestParams());
		}
		if (landing.error() != null) {
			landing.error().sendTo(response);
			return landing.view();
		}
		HandedBack handedBack = landing.handedBack();
		if (handedBack == null) {
			return landing.view();
		}
		handedBack.putInto(request);
		return handle.run(request, response, controller);
	}

	/** What a hop comes back with. */
	private record Landing(@Nullable ModelAndView view, @Nullable HandedBack handedBack,
			HopResponse.@Nullable SentError error, @Nullable FlashMap flash) {

	}

}
