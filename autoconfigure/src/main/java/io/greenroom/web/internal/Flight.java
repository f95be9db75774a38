package io.greenroom.web.internal;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.greenroom.observe.internal.ForeignCode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * One hop of a request, from the moment the server's thread releases it until the
 * dispatch back. In between, the request belongs to the green thread alone. The gate and
 * the dispatch hand it from one thread to the next; the state that may end it is guarded.
 */
final class Flight {

	private static final Logger log = LoggerFactory.getLogger("io.greenroom.web");

	private static final String FLIGHT = Flight.class.getName();

	/** How long a server that is stopping waits for a controller. */
	private static final Duration LAST_SECONDS = Duration.ofSeconds(5);

	private boolean boarded;

	private @Nullable AsyncReturnValue handedBack;

	private @Nullable HopResponse response;

	/** Callbacks for the end of the request. Guarded by this. */
	private final Map<String, Runnable> callbacks = new LinkedHashMap<>();

	/** The slot, from the controller's end to the end of its body. Guarded by this. */
	private @Nullable SlotLease held;

	/** Whether the dispatch back has begun. Guarded by this. */
	private boolean landing;

	/** Guarded by this. */
	private boolean over;

	private final Arrivals arrivals;

	/** Opens when the green thread has released the request. */
	private final CountDownLatch down = new CountDownLatch(1);

	/** Written before the green thread starts. */
	private @Nullable Future<?> task;

	/** The green thread, once it has the request. */
	private volatile @Nullable Thread pilot;

	private final HopUser user;

	Flight(Arrivals arrivals, HopUser user) {
		this.arrivals = arrivals;
		this.user = user;
	}

	void takeOff(HttpServletRequest request) {
		request.setAttribute(FLIGHT, this);
	}

	/** Sets the task that runs on the green thread. */
	void task(Runnable task) {
		this.task = (task instanceof Future<?> future) ? future : null;
	}

	/** Called when the green thread has the request. */
	void steer() {
		this.pilot = Thread.currentThread();
	}

	/**
	 * Called when the green thread has released the request, or never had it. The
	 * dispatch back follows, unless the server has rejected it.
	 */
	void down() {
		if (this.task != null && this.task.state() == Future.State.FAILED) {
			end();
		}
		synchronized (this) {
			if (!this.over && !this.landing) {
				this.arrivals.expect(this);
			}
		}
		this.down.countDown();
	}

	/**
	 * Called by the server's thread that is about to end the request because the
	 * connection has failed or the time is over. It interrupts the controller, as Spring
	 * does for a {@code Callable}, and waits for its end, so that two threads never have
	 * the request.
	 */
	void abort() {
		if (Thread.currentThread() == this.pilot) {
			return;
		}
		if (this.task != null) {
			this.task.cancel(true);
		}
		try {
			this.down.await();
		}
		catch (InterruptedException stopping) {
			awaitDown(LAST_SECONDS);
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Waits up to the limit, because a server that is being stopped must not wait
	 * forever.
	 */
	private void awaitDown(Duration limit) {
		try {
			if (!this.down.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
				log.warn("The server has stopped, but a controller is still using its request");
			}
		}
		catch (InterruptedException again) {
			log.warn("The server has stopped twice, but a controller is still using its request");
		}
	}

	void touchDown(HttpServletRequest request) {
		synchronized (this) {
			this.landing = true;
		}
		this.arrivals.forget(this);
		this.user.hasReturned(request);
		request.removeAttribute(FLIGHT);
	}

	/** Called when a value of an asynchronous kind brings another dispatch back. */
	void willReturn(HttpServletRequest request) {
		this.user.returns(request);
	}

	/** Returns the current hop of a request. */
	static @Nullable Flight inTheAir(HttpServletRequest request) {
		return (request.getAttribute(FLIGHT) instanceof Flight flight) ? flight : null;
	}

	/**
	 * Returns whether the controller is the one that hopped, rather than one that it
	 * forwards to.
	 */
	boolean board() {
		boolean first = !this.boarded;
		this.boarded = true;
		return first;
	}

	/** Sets the response that the controller writes to. */
	void response(HopResponse response) {
		this.response = response;
	}

	/**
	 * Returns the error or redirect that the controller has sent and that waits for the
	 * dispatch back.
	 */
	HopResponse.@Nullable Sending sent() {
		return (this.response != null) ? this.response.sent() : null;
	}

	void handBack(AsyncReturnValue value) {
		this.handedBack = value;
	}

	@Nullable AsyncReturnValue handedBack() {
		return this.handedBack;
	}

	/** Keeps the slot until the end. Returns {@code false} if the flight has ended. */
	synchronized boolean hold(SlotLease lease) {
		if (!this.over) {
			this.held = lease;
		}
		return !this.over;
	}

	/**
	 * Keeps a callback until the end of the request. Returns {@code false} if the flight
	 * has ended.
	 */
	synchronized boolean keep(String name, Runnable callback) {
		if (!this.over) {
			this.callbacks.put(name, callback);
		}
		return !this.over;
	}

	private synchronized void forget(String name) {
		this.callbacks.remove(name);
	}

	/** Passes the callbacks to the dispatch that ends the request. */
	synchronized void handOver(RequestAttributes attributes) {
		this.callbacks.forEach((name, callback) -> attributes.registerDestructionCallback(name, callback,
				RequestAttributes.SCOPE_REQUEST));
		this.callbacks.clear();
	}

	synchronized @Nullable SlotLease held() {
		return this.held;
	}

	/** Called when the dispatch back is complete, or there will be none. Idempotent. */
	void end() {
		SlotLease lease;
		Map<String, Runnable> due;
		synchronized (this) {
			this.over = true;
			lease = this.held;
			this.held = null;
			due = new LinkedHashMap<>(this.callbacks);
			this.callbacks.clear();
		}
		this.arrivals.forget(this);
		try {
			due.forEach((name, callback) -> ForeignCode.run(log, "The end of request-scoped bean '" + name + "'",
					callback::run));
		}
		finally {
			if (lease != null) {
				lease.close();
			}
		}
	}

	/**
	 * Returns the attributes of a request in the air, whose callbacks are kept until the
	 * end.
	 */
	ServletRequestAttributes attributes(HttpServletRequest request, HttpServletResponse response) {
		return new ServletRequestAttributes(request, response) {

			@Override
			public void registerDestructionCallback(String name, Runnable callback, int scope) {
				if (scope != SCOPE_REQUEST || !keep(name, callback)) {
					super.registerDestructionCallback(name, callback, scope);
				}
			}

			@Override
			public void removeAttribute(String name, int scope) {
				if (scope == SCOPE_REQUEST) {
					forget(name);
				}
				super.removeAttribute(name, scope);
			}

		};
	}

}
