package io.greenroom.deferred;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import io.greenroom.observe.CallMode;
import io.greenroom.observe.CallOutcome;
import io.greenroom.observe.HandlerGauges;
import io.greenroom.observe.HandlerListener;
import io.greenroom.observe.Observer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log and the listener what becomes of the calls of one handler. Reads the
 * clock only where the listener wants times.
 */
final class CallReports {

	private static final Logger log = LoggerFactory.getLogger(Deferred.class);

	/**
	 * How many submission sites are looked up between two moments at which nothing waits.
	 */
	private static final int SITES_PER_TURN = 4;

	private final String handler;

	private final HandlerListener listener;

	private final boolean timed;

	/**
	 * Sites still to be looked up. Not atomic: a site more or less does no harm, and a
	 * flood must not pay for finding out where it comes from.
	 */
	private volatile int sites = SITES_PER_TURN;

	CallReports(String handler, Observer observer, HandlerGauges gauges) {
		this.handler = handler;
		this.listener = observer.handler(handler, gauges);
		this.timed = this.listener.timed();
	}

	/** Returns whether the listener wants to know how long calls take. */
	boolean timed() {
		return this.timed;
	}

	void submitted(Call call, long now) {
		call.submitted = now;
		int left = this.sites;
		if (left > 0 && call.mode() == CallMode.ONEWAY) {
			this.sites = left - 1;
			call.submittedAt(CallSite.here());
		}
	}

	/** The handler has nothing to do, so submission sites may cost something again. */
	void keptUp() {
		if (this.sites != SITES_PER_TURN) {
			this.sites = SITES_PER_TURN;
		}
	}

	long now() {
		return this.timed ? System.nanoTime() : 0;
	}

	static Duration age(Call call) {
		long submitted = call.submitted;
		return (submitted != Call.NO_TIME) ? Duration.ofNanos(System.nanoTime() - submitted) : Duration.ZERO;
	}

	void returned(Call call, long begun, boolean awaited) {
		ended(call, CallOutcome.SUCCESS, begun);
		if (!awaited) {
			log.warn("The result of {}.{} was dropped: its caller had given up", this.handler, call.method());
		}
	}

	void threw(Call call, long begun, Throwable failure, boolean awaited) {
		ended(call, CallOutcome.FAILURE, begun);
		if (call.mode() == CallMode.ONEWAY) {
			log.error("Oneway call {}.{} failed; it was submitted at {}", this.handler, call.method(),
					CallSite.describe(call.site()), failure);
			this.listener.onewayFailed(call.method(), failure);
		}
		else if (!awaited) {
			log.warn("{}.{} failed after its caller had given up", this.handler, call.method(), failure);
		}
	}

	private void ended(Call call, CallOutcome outcome, long begun) {
		if (this.timed) {
			this.listener.ended(call.method(), call.mode(), outcome, Duration.ofNanos(begun - call.submitted),
					Duration.ofNanos(System.nanoTime() - begun));
		}
		else if (this.listener != HandlerListener.NONE) {
			this.listener.ended(call.method(), call.mode(), outcome, Duration.ZERO, Duration.ZERO);
		}
	}

	/** A call was refused in its turn; nobody waits for a oneway one. */
	void refused(Call call, Throwable reason) {
		if (call.mode() == CallMode.ONEWAY) {
			log.warn("Oneway call {}.{}, submitted at {}, was refused: {}", this.handler, call.method(),
					CallSite.describe(call.site()), reason.getMessage());
		}
	}

	void gaveUp(Call call, boolean withdrawn) {
		if (withdrawn) {
			this.listener.ended(call.method(), call.mode(), CallOutcome.CANCELLED, age(call), Duration.ZERO);
		}
		else {
			this.listener.abandoned(call.method());
		}
	}

	void leftOver(Call call) {
		this.listener.ended(call.method(), call.mode(), CallOutcome.STOPPED, age(call), Duration.ZERO);
	}

	void loopFailed(Throwable failure, boolean restarting) {
		this.listener.loopFailed(failure, restarting);
	}

	void busy(String method, Duration since, Thread thread) {
		StackTraceElement[] stack = thread.getStackTrace();
		log.warn("Handler '{}' has been busy with {} for {}; thread '{}' is at{}", this.handler, method, since,
				thread.getName(), Arrays.stream(stack).map((frame) -> "\n\tat " + frame).collect(Collectors.joining()));
		this.listener.busy(method, since, List.of(stack));
	}

	void rejected(Call call, String reason) {
		this.listener.rejected(call.method(), call.mode(), reason);
	}

}
