package io.greenroom.web.internal;

import java.util.function.Function;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.Reservation;
import io.greenroom.green.SchedulerClosedException;
import io.greenroom.web.PoolRejectedException;
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
import org.springframework.web.filter.ServerHttpObservationFilter;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.FlashMap;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.support.RequestContextUtils;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Moves a request from a server's platform thread to a green thread and back. In between,
 * the request is asynchronous, exactly as for a controller that returns a {@code
 * Callable}, so interceptors that support those (security, open sessions) take part.
 * <ol>
 * <li>{@link #leave} makes a reservation, so that a rejection costs nothing, and starts
 * async;
 * <li>when the server's thread has left all filters, a green thread waits for the slot
 * and runs the controller; no other thread touches the request meanwhile;
 * <li>{@link #land} is the dispatch back. It writes the body in the slot, returns the
 * view, throws the controller's exception, or handles a value of an asynchronous kind.
 * </ol>
 */
final class Hop {

	/** Runs a controller on the current thread, in a slot that it has. */
	@FunctionalInterface
	interface Run {

		@Nullable ModelAndView run(SlotLease lease, HttpServletRequest request, HttpServletResponse response,
				HandlerMethod controller) throws Exception;

	}

	/** Handles a value that a controller returned on a green thread. */
	@FunctionalInterface
	interface Resume {

		@Nullable ModelAndView resume(AsyncReturnValue value, HttpServletRequest request, HttpServletResponse response)
				throws Exception;

	}

	/**
	 * Distinguishes Greenroom's concurrent results from those of the application's
	 * controllers.
	 */
	private static final Object OURS = new Object();

	/** The maximum number of causes to read, because a chain of causes may be endless. */
	private static final int MOST_CAUSES = 100;

	/** The controller's pattern, for the observation. */
	private static final String PATTERN = Hop.class.getName() + ".PATTERN";

	/** The container's own timeout must not cut the queue or the controller short. */
	private static final long NO_TIMEOUT = 0;

	private final GreenScheduler scheduler;

	private final TaskDecorator context;

	private final Function<HttpServletRequest, HopUser> users;

	private final Run inSlot;

	private final Arrivals arrivals = new Arrivals();

	Hop(GreenScheduler scheduler, TaskDecorator context, Function<HttpServletRequest, HopUser> users, Run inSlot) {
		this.scheduler = scheduler;
		this.context = context;
		this.users = users;
		this.inSlot = inSlot;
	}

	/**
	 * Called when the server has gone, together with the requests that wait for their
	 * dispatch back.
	 */
	void close() {
		this.arrivals.close();
	}

	static boolean isReturning(WebAsyncManager async) {
		Object[] context = async.getConcurrentResultContext();
		return async.hasConcurrentResult() && context != null && context.length > 1 && context[0] == OURS;
	}

	/**
	 * An observation names a request by the pattern of its controller. With a hop, the
	 * observation outlasts an error page, which would name it otherwise.
	 */
	static void keepName(HttpServletRequest request) {
		Object pattern = request.getAttribute(PATTERN);
		if (pattern != null) {
			ServerHttpObservationFilter.findObservationContext(request)
				.ifPresent((observed) -> observed.setPathPattern(pattern.toString()));
		}
	}

	/** Starts the hop of a controller, which has its place in line from now on. */
	void leave(HopGate.Exit exit, HttpServletRequest request, HttpServletResponse response, HandlerMethod controller,
			ControllerPool pool) throws Exception {
		Reservation reservation = pool.reserve();
		try {
			request.setAttribute(PATTERN, request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE));
			leave(exit, request, response, new Trip() {

				@Override
				public Object fly(Flight flight, HttpServletResponse guarded) throws Exception {
					HopResponse response = new HopResponse(guarded, flight::handedBack);
					flight.response(response);
					return Hop.this.fly(flight, pool, reservation, request, response, controller);
				}

				@Override
				public void end() {
					reservation.cancel();
				}

				@Override
				public PoolRejectedException reject(SchedulerClosedException closed) {
					return pool.reject(closed);
				}

				@Override
				public String toString() {
					return "controller-" + pool.pool().name();
				}

			});
		}
		catch (Throwable failure) {
			reservation.cancel();
			throw failure;
		}
	}

	/** Starts a hop. */
	void leave(HopGate.Exit exit, HttpServletRequest request, HttpServletResponse response, Trip trip)
			throws Exception {
		WebAsyncManager async = WebAsyncUtils.getAsyncManager(request);
		AsyncWebRequest asyncRequest = WebAsyncUtils.createAsyncWebRequest(request, response);
		async.setAsyncWebRequest(asyncRequest);
		HopUser user = this.users.apply(request);
		Flight flight = new Flight(this.arrivals, user);
		asyncRequest.addCompletionHandler(flight::end);
		// Before Spring's, which dispatch.
		asyncRequest.addErrorHandler((_) -> flight.abort());
		asyncRequest.addTimeoutHandler(flight::abort);
		// Rejects writes once the client has gone.
		HttpServletResponse guarded = asyncRequest.getNativeResponse(HttpServletResponse.class);
		Assert.state(guarded != null, "No response");
		Object path = request.getAttribute(ServletRequestPathUtils.PATH_ATTRIBUTE);
		LocaleContext locale = LocaleContextHolder.getLocaleContext();
		Takeoff takeoff = new Takeoff(trip, flight);
		AsyncTaskExecutor executor = (task) -> {
			flight.task(task);
			takeoff.task = this.context.decorate(task);
			exit.then(takeoff);
		};
		flight.takeOff(request);
		try {
			async.startCallableProcessing(new WebAsyncTask<>(NO_TIMEOUT, executor, () -> {
				try {
					takeoff.requireGreen();
					LocaleContextHolder.setLocaleContext(locale);
					return alone(flight, request, path, guarded, trip);
				}
				finally {
					LocaleContextHolder.resetLocaleContext();
					user.returns(request);
				}
			}), OURS, flight);
		}
		catch (Throwable failure) {
			takeoff.cancel();
			throw failure;
		}
		if (takeoff.task == null) {
			// Carrying the context has failed, which the dispatch back reports.
			user.returns(request);
			takeoff.cancel();
		}
	}

	/** The work on the green thread. */
	interface Trip {

		/** Runs while no other thread touches the request. */
		@Nullable Object fly(Flight flight, HttpServletResponse response) throws Exception;

		/** Called when the trip is over, or does not take place. */
		void end();

		/** Called when no green thread can be started. */
		PoolRejectedException reject(SchedulerClosedException closed);

	}

	/** The work after the server's thread has left. */
	private final class Takeoff implements HopGate.Departure {

		private final Trip trip;

		private final Flight flight;

		/** Written before the server's thread leaves. */
		private @Nullable Runnable task;

		/** Why there is no green thread. Written before the task is run without one. */
		private @Nullable Throwable failure;

		Takeoff(Trip trip, Flight flight) {
			this.trip = trip;
			this.flight = flight;
		}

		/**
		 * The green thread belongs to the request, not to the pool, since it also waits
		 * in line. If there is no green thread, the task reports the reason as the
		 * outcome of the request.
		 */
		@Override
		public void go() {
			Runnable task = this.task;
			Assert.state(task != null, "Nothing to run");
			try {
				Hop.this.scheduler.spawnDetached(this.trip.toString(), () -> {
					try {
						this.flight.steer();
						task.run();
					}
					finally {
						cancel();
					}
				});
			}
			catch (Throwable noThread) {
				this.trip.end();
				this.failure = (noThread instanceof SchedulerClosedException closed) ? this.trip.reject(closed)
						: noThread;
				try {
					task.run();
				}
				finally {
					this.flight.down();
				}
			}
		}

		@Override
		public void cancel() {
			try {
				this.trip.end();
			}
			finally {
				this.flight.down();
			}
		}

		void requireGreen() throws Exception {
			switch (this.failure) {
				case null -> {
				}
				case Exception thrown -> throw thrown;
				case Error thrown -> throw thrown;
				default -> throw new IllegalStateException(this.failure);
			}
		}

	}

	/**
	 * Runs while no other thread touches the request. Uses its own async manager, because
	 * the request's is busy with the hop, and the parsed path, which the server's thread
	 * has removed on its way out.
	 */
	private static @Nullable Object alone(Flight flight, HttpServletRequest request, @Nullable Object path,
			HttpServletResponse response, Trip trip) throws Exception {
		Object async = request.getAttribute(WebAsyncUtils.WEB_ASYNC_MANAGER_ATTRIBUTE);
		ServletRequestAttributes attributes = flight.attributes(request, response);
		try {
			request.removeAttribute(WebAsyncUtils.WEB_ASYNC_MANAGER_ATTRIBUTE);
			request.setAttribute(ServletRequestPathUtils.PATH_ATTRIBUTE, path);
			RequestContextHolder.setRequestAttributes(attributes);
			return trip.fly(flight, response);
		}
		finally {
			RequestContextHolder.resetRequestAttributes();
			attributes.requestCompleted();
			request.removeAttribute(ServletRequestPathUtils.PATH_ATTRIBUTE);
			request.setAttribute(WebAsyncUtils.WEB_ASYNC_MANAGER_ATTRIBUTE, async);
		}
	}

	private Landing fly(Flight flight, ControllerPool pool, Reservation reservation, HttpServletRequest request,
			HopResponse response, HandlerMethod controller) throws Exception {
		SlotLease lease = RequestAdmission.enter(pool, reservation, request);
		boolean held = false;
		try {
			lease.watch(request, this.scheduler);
			ModelAndView view = this.inSlot.run(lease, request, response, controller);
			AsyncReturnValue value = flight.handedBack();
			held = value != null && !value.asynchronous() && flight.hold(lease);
			return new Landing(view, value, response, RequestContextUtils.getOutputFlashMap(request));
		}
		catch (Throwable failure) {
			lease.failed(failure);
			throw failure;
		}
		finally {
			if (!held) {
				lease.close();
			}
		}
	}

	/**
	 * Reads the causes of a failure before a server does. Jetty loses a dispatched
	 * request if that throws, and its client waits forever. An exception from reading
	 * replaces the failure.
	 */
	static void askForCauses(Throwable failure) {
		Throwable cause = failure;
		for (int i = 0; i < MOST_CAUSES && cause != null; i++) {
			cause = cause.getCause();
		}
	}

	/** Passes the callbacks for the end of the request to the dispatch back. */
	static Flight touchDown(WebAsyncManager async, HttpServletRequest request) {
		Object[] context = async.getConcurrentResultContext();
		Assert.state(context != null, "No flight");
		Flight flight = (Flight) context[1];
		flight.touchDown(request);
		flight.handOver(RequestContextHolder.currentRequestAttributes());
		return flight;
	}

	@Nullable ModelAndView land(WebAsyncManager async, HttpServletRequest request, HttpServletResponse response,
			HandlerMethod controller, Resume resume) throws Exception {
		Object result = async.getConcurrentResult();
		Flight flight = touchDown(async, request);
		async.clearConcurrentResult();
		try {
			HopResponse.Sending sent = flight.sent();
			if (sent != null) {
				// Also if the controller has failed since, because the answer was
				// complete then.
				sent.to(response);
			}
			return switch (result) {
				case Landing landing -> land(flight, landing, request, response, resume);
				case Exception thrown -> throw thrown;
				case Error thrown -> throw thrown;
				case null, default -> throw new IllegalStateException("An interceptor replaced the result of "
						+ controller.getShortLogMessage() + " by " + result + "; set greenroom.web.mode to inline");
			};
		}
		catch (Throwable failure) {
			SlotLease held = flight.held();
			if (held != null) {
				held.failed(failure);
			}
			askForCauses(failure);
			throw failure;
		}
		finally {
			flight.end();
		}
	}

	private static @Nullable ModelAndView land(Flight flight, Landing landing, HttpServletRequest request,
			HttpServletResponse response, Resume resume) throws Exception {
		// Each dispatch has its own output flash map, and only the last one is saved.
		FlashMap flash = RequestContextUtils.getOutputFlashMap(request);
		if (flash != null && landing.flash() != null) {
			flash.putAll(landing.flash());
			flash.setTargetRequestPath(landing.flash().getTargetRequestPath());
			flash.addTargetRequestParams(landing.flash().getTargetRequestParams());
		}
		if (landing.response().sent() != null) {
			return landing.view();
		}
		landing.response().land();
		AsyncReturnValue value = landing.handedBack();
		if (value != null && value.asynchronous()) {
			flight.willReturn(request);
		}
		return (value != null) ? resume.resume(value, request, response) : landing.view();
	}

	/** The result of a hop. */
	private record Landing(@Nullable ModelAndView view, @Nullable AsyncReturnValue handedBack, HopResponse response,
			@Nullable FlashMap flash) {

	}

}
