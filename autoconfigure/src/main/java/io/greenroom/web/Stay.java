package io.greenroom.web;

import java.io.InterruptedIOException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.Slot;
import io.greenroom.observe.Failures;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.web.util.WebUtils;

/**
 * One request's time in a slot. It ends once: when the controller has returned and its
 * body is written, or when the request's own body did not arrive in time.
 */
final class Stay implements AutoCloseable {

	private final ControllerPool pool;

	private final Slot slot;

	/** In nanoseconds of the pool's clock. */
	private final long since;

	/** How many were at work when it began. */
	private final int active;

	private final AtomicBoolean over = new AtomicBoolean();

	/** Confined to the controller's thread. */
	private @Nullable BodyWatch watch;

	/** Confined to the controller's thread. */
	private @Nullable Throwable failure;

	Stay(ControllerPool pool, Slot slot) {
		this.pool = pool;
		this.slot = slot;
		this.since = pool.now();
		this.active = pool.pool().active();
	}

	/** Returns the request as the controller is to see it. */
	HttpServletRequest watch(HttpServletRequest request, GreenScheduler scheduler) {
		if (this.pool.terms().bodyTimeout().isZero() || !WatchedRequest.mayHaveBody(request)) {
			return request;
		}
		this.watch = new BodyWatch(scheduler, this.pool.pool().name(), this.pool.terms().bodyTimeout(), this::giveUp);
		return new WatchedRequest(request, this.watch);
	}

	/**
	 * Called right before the controller's method, since a container may have read a form
	 * by itself.
	 * @throws BodyTimeoutException if the request has lost its slot
	 */
	static void requireSlot(HttpServletRequest request) {
		WatchedRequest watched = WebUtils.getNativeRequest(request, WatchedRequest.class);
		if (watched != null) {
			watched.watch().requireInTime();
		}
	}

	/** Notes how the controller has ended. */
	void failed(Throwable failure) {
		this.failure = failure;
	}

	/** Called on any thread. */
	private void giveUp() {
		if (this.over.compareAndSet(false, true)) {
			this.slot.close();
		}
	}

	@Override
	public void close() {
		if (this.watch != null) {
			this.watch.stop();
		}
		if (!this.over.compareAndSet(false, true)) {
			return;
		}
		try {
			if (this.pool.isAdaptive()) {
				learn();
			}
		}
		finally {
			this.slot.close();
		}
	}

	/** A failure says nothing about how long the work takes, a timeout does. */
	private void learn() {
		boolean timedOut = isTimeout(this.failure);
		if (this.failure == null || timedOut) {
			this.pool.learn(this.since, this.active, timedOut);
		}
	}

	private static boolean isTimeout(@Nullable Throwable failure) {
		if (failure == null) {
			return false;
		}
		for (Throwable cause : Failures.causes(failure)) {
			if (cause instanceof TimeoutException || cause instanceof InterruptedIOException
					|| cause instanceof SQLTimeoutException || cause instanceof SQLTransientConnectionException) {
				return true;
			}
		}
		return false;
	}

}
