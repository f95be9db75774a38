package io.greenroom.web;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.Reservation;
import io.greenroom.green.SchedulerClosedException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

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
import org.springframework.web.filter.ServerHttpObservationFilter;
import org.springframework.web.servlet.FlashMap;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.support.RequestContextUtils;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Takes a request from a server's platform thread to a green thread and back. The request
 * is asynchronous in between, exactly as for a controller that returns a
 * {@code Callable}: interceptors that know those (security, open sessions) take part.
 * <ol>
 * <li>{@link #leave} reserves, so that a refusal costs nothing, and starts async;
 * <li>on the green thread the controller gets its slot, runs, and writes its body;
 * <li>{@link #land} is the dispatch back: it returns the view, throws what the controller
 * has thrown, or handles the value of an asynchronous kind that was handed back. A
 * request that is answered by then, and that nobody waits for, ends without it.
 * </ol>
 */
final class Hop {

	/** Runs a controller on the current thread. */
	@FunctionalInterface
	interface Run {

		@Nullable ModelAndView run(HttpServletRequest request, HttpServletResponse response, HandlerMethod controller)
				throws Exception;

	}

	/** Goes on with a value of an asynchronous kind. */
	@FunctionalInterface
	interface Resume {

		@Nullable ModelAndView resume(HandedBack value, HttpServletRequest request, HttpServletResponse response,
				HandlerMethod controller) throws Exception;

	}

	/** Tells our own concurrent results from those of the application's controllers. */
	private static final Object OURS = new Object();

	/** Of the controller, for the observation. */
	private static final String PATTERN = Hop.class.getName() + ".PATTERN";

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

	/**
	 * An observed request is named by the pattern of its controller. With a hop its
	 * observation lasts past an error page, which would name it instead.
	 */
	static void keepName(HttpServletRequest request) {
		Object pattern = request.getAttribute(PATTERN);
		if (pattern != null) {
			ServerHttpObservationFilter.findObservationContext(request)
				.ifPresent((observed) -> observed.setPathPattern(pattern.toString()));
		}
	}

	void leave(WebAsyncManager async, HttpServletRequest request, HttpServletResponse response,
			HandlerMethod controller, ControllerPool pool) throws Exception {
		Reservation reservation = pool.reserve();
		try {
			request.setAttribute(PATTERN, request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE));
			boolean expectedBack = RunInPoolHandlerMapping.isExpectedBack(request, response);
			HopWebRequest asyncRequest = new HopWebRequest(request, response);
			async.setAsyncWebRequest(asyncRequest);
			// Refuses writes once the client has gone.
			HttpServletResponse guarded = asyncRequest.getNativeResponse(HttpServletResponse.class);
			Assert.state(guarded != null, "No response");
			Object path = request.getAttribute(ServletRequestPathUtils.PATH_ATTRIBUTE);
			LocaleContext locale = LocaleContextHolder.getLocaleContext();
			AsyncTaskExecutor executor = (task) -> spawn(pool, reservation, task);
			async.startCallableProcessing(new WebAsyncTask<>(NO_TIMEOUT, executor, () -> {
				LocaleContextHolder.setLocaleContext(locale);
				try (Stay stay = this.door.enter(pool, reservation, request)) {
					HopResponse inPool = new HopResponse(guarded);
					HttpServletRequest watched = stay.watch(request, this.scheduler);
					Landing landing = fly(stay, new HopRequest(watched, path, inPool), inPool, controller);
					if (!expectedBack && landing.isAnswered()) {
						asyncRequest.answered();
					}
					return landing;
				}
				finally {
					LocaleContextHolder.resetLocaleContext();
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
			this.scheduler.spawnDetached("controller-" + pool.pool().name(), () -> {
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
					RequestContextUtils.getOutputFlashMap(request), request.async(), response);
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
			HandlerMethod controller, Resume resume) throws Exception {
		Object result = async.getConcurrentResult();
		async.clearConcurrentResult();
		return switch (result) {
			case Landing landing -> land(landing, async, request, response, controller, resume);
			case Exception thrown -> throw thrown;
			case Error thrown -> throw thrown;
			case null, default -> throw new IllegalStateException("An interceptor replaced the result of "
					+ controller.getShortLogMessage() + " by " + result + "; set greenroom.web.mode to inline");
		};
	}

	private static @Nullable ModelAndView land(Landing landing, WebAsyncManager async, HttpServletRequest request,
			HttpServletResponse response, HandlerMethod controller, Resume resume) throws Exception {
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
		landing.response().land();
		if (landing.async() != null) {
			// As without a hop, Spring does not know of it and calls the interceptors.
			async.setAsyncWebRequest(WebAsyncUtils.createAsyncWebRequest(request, response));
			landing.async().land(request.startAsync(request, landing.async().getResponse()));
			return landing.view();
		}
		HandedBack handedBack = landing.handedBack();
		return (handedBack != null) ? resume.resume(handedBack, request, response, controller) : landing.view();
	}

	/** What a hop comes back with. */
	private record Landing(@Nullable ModelAndView view, @Nullable HandedBack handedBack,
			HopResponse.@Nullable SentError error, @Nullable FlashMap flash, @Nullable HopAsync async,
			HopResponse response) {

		/** Whether nothing is left to be done. */
		boolean isAnswered() {
			return this.view == null && this.handedBack == null && this.error == null && this.async == null;
		}

	}

}
