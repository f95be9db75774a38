package io.greenroom.web.internal;

import java.io.InterruptedIOException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.Slot;
import io.greenroom.observe.internal.Failures;
import io.greenroom.web.BodyTimeoutException;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * The time that a request spends in a slot. It ends once: when the controller has
 * returned and its body is written, when the request's own body did not arrive in time,
 * or when the client did not read the answer in time.
 */
final class SlotLease implements WriteWatch, AutoCloseable {

	private static final String CURRENT = SlotLease.class.getName();

	/** Methods whose requests have a body only if they declare one. */
	private static final Set<String> WITHOUT_BODY = Set.of("GET", "HEAD", "DELETE", "OPTIONS", "TRACE");

	private final ControllerPool pool;

	private final Slot slot;

	/** In nanoseconds of the pool's clock. */
	private final long since;

	/** How many requests were in a slot when it began. */
	private final int active;

	private final AtomicBoolean over = new AtomicBoolean();

	/** Confined to the thread that has the request. */
	private @Nullable BodyWatch watch;

	/** Confined to the thread that has the request. */
	private @Nullable ServerExchange exchange;

	/** Created for an answer that waits for its client. Guarded by this. */
	private @Nullable Countdown writes;

	/** Written before the first write. */
	private @Nullable GreenScheduler scheduler;

	/** Confined to the controller's thread. */
	private @Nullable Throwable failure;

	SlotLease(ControllerPool pool, Slot slot) {
		this.pool = pool;
		this.slot = slot;
		this.since = pool.now();
		this.active = pool.pool().active();
	}

	/** Watches the body and the answer from now on, however they are read and written. */
	void watch(HttpServletRequest request, GreenScheduler scheduler) {
		PoolTerms terms = this.pool.terms();
		boolean reads = !terms.bodyTimeout().isZero() && mayHaveBody(request);
		boolean writes = !terms.writeTimeout().isZero();
		ServerExchange exchange = (reads || writes) ? ServerExchange.of(request) : null;
		if (exchange == null) {
			return;
		}
		this.exchange = exchange;
		if (reads) {
			this.watch = new BodyWatch(scheduler, this.pool.pool().name(), terms.bodyTimeout(),
					request.getProtocol().startsWith("HTTP/1."), this::giveUp);
			exchange.watchReads(this.watch);
		}
		if (writes) {
			this.scheduler = scheduler;
			exchange.watchWrites(this);
		}
	}

	@Override
	public void waits() {
		Countdown countdown;
		synchronized (this) {
			if (this.writes == null && this.scheduler != null) {
				this.writes = new Countdown(this.scheduler, this.pool.terms().writeTimeout(), this::giveUpWriting);
			}
			countdown = this.writes;
		}
		if (countdown != null) {
			countdown.waits();
		}
	}

	@Override
	public void goesOn() {
		Countdown countdown = writes();
		if (countdown != null) {
			countdown.goesOn();
		}
	}

	@Override
	public boolean isLate() {
		Countdown countdown = writes();
		return countdown != null && countdown.isExpired();
	}

	private synchronized @Nullable Countdown writes() {
		return this.writes;
	}

	/** Called on any thread. */
	private void giveUpWriting() {
		giveUp();
		if (this.exchange != null) {
			this.exchange.abort();
		}
	}

	/** A body without a length is sent in chunks, or with HTTP/2. */
	private static boolean mayHaveBody(HttpServletRequest request) {
		long length = request.getContentLengthLong();
		return length > 0 || (length < 0
				&& (!WITHOUT_BODY.contains(request.getMethod()) || request.getHeader("Transfer-Encoding") != null));
	}

	/** Returns whether a controller of a request is running in a slot. */
	static boolean isTaken(HttpServletRequest request) {
		return request.getAttribute(CURRENT) != null;
	}

	/** Called before a controller runs in this slot. */
	void begin(HttpServletRequest request) {
		request.setAttribute(CURRENT, this);
	}

	/** Called after the controller has run. */
	static void end(HttpServletRequest request) {
		request.removeAttribute(CURRENT);
	}

	/**
	 * Returns what watches the body of a request whose controller is running in a slot,
	 * or {@code null} if nothing does.
	 */
	static @Nullable BodyWatch watchOf(HttpServletRequest request) {
		return (request.getAttribute(CURRENT) instanceof SlotLease lease) ? lease.watch : null;
	}

	/**
	 * Records the failure of the controller.
	 * @throws BodyTimeoutException in place of an exception that was caused by a late
	 * read
	 */
	void failed(Throwable failure) {
		this.failure = failure;
		BodyTimeoutException late = (this.watch != null) ? this.watch.late() : null;
		if (late != null && !(failure instanceof BodyTimeoutException)) {
			Failures.suppress(late, failure);
			throw late;
		}
	}

	/** Called on any thread. */
	private void giveUp() {
		if (this.over.compareAndSet(false, true)) {
			this.slot.close();
		}
	}

	@Override
	public void close() {
		if (this.exchange != null) {
			unwatch(this.exchange);
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

	private void unwatch(ServerExchange exchange) {
		if (this.watch != null) {
			this.watch.stop();
			exchange.watchReads(null);
		}
		if (this.scheduler != null) {
			exchange.watchWrites(null);
			Countdown countdown = writes();
			if (countdown != null) {
				countdown.stop();
			}
		}
	}

	/** A failure says nothing about the duration of the work, but a timeout does. */
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
