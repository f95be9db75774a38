package io.greenroom.deferred.internal;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import io.greenroom.observe.BodyListener;
import io.greenroom.observe.CallMode;
import io.greenroom.observe.CallOutcome;
import io.greenroom.observe.HandlerGauges;
import io.greenroom.observe.HandlerListener;
import io.greenroom.observe.Observer;
import io.greenroom.observe.ProblemReport;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.ForeignCode;
import io.greenroom.observe.internal.ProblemLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Tells the log and the listener what becomes of the calls of one handler. Reads the
 * clock only if the listener wants times.
 */
final class CallReports {

	private static final Logger log = LoggerFactory.getLogger(HandlerLog.NAME);

	/**
	 * How many submission sites are looked up between two moments at which nothing waits.
	 */
	private static final int SITES_PER_TURN = 4;

	/** How deep a listener may be nested that makes calls while it is told of calls. */
	private static final int DEEPEST = 4;

	/** How deep in listeners the current thread is. */
	private static final ThreadLocal<@Nullable Integer> DEPTH = new ThreadLocal<>();

	private final HandlerName handler;

	private final Observer observer;

	/** The handler's time, in nanoseconds. */
	private final LongSupplier time;

	/** How the log names a listener. */
	private final String who;

	private final HandlerListener listener;

	private final boolean timed;

	/** Nothing where nobody stands round bodies. */
	private final @Nullable BodyListener bodies;

	/**
	 * How many sites may still be looked up. Not atomic: one more or less does no harm,
	 * and a flood must not pay for finding out where it comes from.
	 */
	private volatile int sites = SITES_PER_TURN;

	/** The last circle found, as text, for snapshots. */
	private volatile @Nullable Found circle;

	CallReports(HandlerName handler, Observer observer, HandlerGauges gauges, LongSupplier time) {
		this.time = time;
		this.handler = handler;
		this.observer = observer;
		this.who = "A listener of handler '" + handler + "'";
		HandlerListener found = ForeignCode.ask(log, "An observer", HandlerListener.NONE,
				() -> observer.handler(handler.name(), gauges));
		this.listener = (found != null) ? found : HandlerListener.NONE;
		this.timed = ForeignCode.ask(log, this.who, false, this.listener::isTimed);
		this.bodies = ForeignCode.<@Nullable BodyListener>ask(log, this.who, null, this.listener::bodies);
	}

	/** Reports to the listener of another handler of the same name. */
	CallReports(HandlerName handler, CallReports shared) {
		this.handler = handler;
		this.observer = shared.observer;
		this.time = shared.time;
		this.who = shared.who;
		this.listener = shared.listener;
		this.timed = shared.timed;
		this.bodies = shared.bodies;
	}

	/** Returns whether the listener wants to know how long calls take. */
	boolean isTimed() {
		return this.timed;
	}

	/** Returns whether anybody wants to know of calls that have ended. */
	boolean hasListener() {
		return this.listener != HandlerListener.NONE;
	}

	/** Runs a body, with whoever stands round it. */
	@Nullable Object invoke(Call call) throws Throwable {
		BodyListener round = this.bodies;
		return (round == null) ? call.invoke() : invoke(call, round);
	}

	private @Nullable Object invoke(Call call, BodyListener round) throws Throwable {
		BodyListener.Running running = ForeignCode.ask(log, this.who, BodyListener.Running.NONE,
				() -> round.begun(call.method(), call.mode()));
		@Nullable Object result;
		try {
			result = call.invoke();
		}
		catch (Throwable failure) {
			ForeignCode.run(log, this.who, () -> running.ended(failure));
			throw failure;
		}
		ForeignCode.run(log, this.who, () -> running.ended(null));
		return result;
	}

	void submitted(Call call, long now) {
		call.submitted = now;
		int left = this.sites;
		if (left > 0 && call.mode() == CallMode.ONEWAY) {
			this.sites = left - 1;
			call.submittedAt(CallSite.here());
		}
	}

	/**
	 * Called when the handler has nothing to do, so that submission sites may cost
	 * something again.
	 */
	void keptUp() {
		if (this.sites != SITES_PER_TURN) {
			this.sites = SITES_PER_TURN;
		}
	}

	long now() {
		return this.timed ? this.time.getAsLong() : 0;
	}

	/** Returns the source of the handler's time. */
	LongSupplier time() {
		return this.time;
	}

	void returned(Call call, long begun, boolean awaited) {
		ended(call, CallOutcome.SUCCESS, begun);
		if (!awaited) {
			say(() -> log.warn("The result of {}.{} was dropped: its caller had given up", this.handler,
					call.method()));
		}
	}

	void threw(Call call, long begun, Throwable failure, boolean awaited) {
		ended(call, CallOutcome.FAILURE, begun);
		if (call.mode() == CallMode.ONEWAY) {
			Failures.log(log, Level.ERROR, failure, "Oneway call {}.{} failed; it was submitted at {}", this.handler,
					call.method(), CallSite.describe(call.site()));
			tell((told) -> told.onewayFailed(call.method(), failure));
		}
		else if (!awaited) {
			Failures.log(log, Level.WARN, failure, "{}.{} failed after its caller had given up", this.handler,
					call.method());
		}
	}

	private void ended(Call call, CallOutcome outcome, long begun) {
		if (this.timed) {
			long now = this.time.getAsLong();
			ended(call.method(), call.mode(), outcome, begun - call.submitted, now - begun);
		}
		else {
			ended(call.method(), call.mode(), outcome, 0, 0);
		}
	}

	/**
	 * Reports the end of a call. Makes no objects, because it is called for each call.
	 */
	private void ended(String method, CallMode mode, CallOutcome outcome, long waited, long ran) {
		if (this.listener == HandlerListener.NONE) {
			return;
		}
		Integer outer = DEPTH.get();
		if (!goDeeper(outer)) {
			return;
		}
		try {
			this.listener.endedNanos(method, mode, outcome, waited, ran);
		}
		catch (Throwable failure) {
			ForeignCode.passOver(log, this.who, failure);
		}
		finally {
			DEPTH.set(outer);
		}
	}

	/**
	 * Tells the listener, whatever it throws. The nesting of a listener that calls the
	 * handler back, and is told of that call in turn, is bounded.
	 */
	private void tell(Consumer<HandlerListener> message) {
		if (this.listener == HandlerListener.NONE) {
			return;
		}
		Integer outer = DEPTH.get();
		if (!goDeeper(outer)) {
			return;
		}
		try {
			ForeignCode.run(log, this.who, () -> message.accept(this.listener));
		}
		finally {
			DEPTH.set(outer);
		}
	}

	/**
	 * Returns whether the listener may be told. This bounds the nesting of a listener
	 * that calls the handler back, and is told of that call in turn.
	 */
	private boolean goDeeper(@Nullable Integer outer) {
		int depth = (outer != null) ? outer : 0;
		if (depth >= DEEPEST) {
			say(() -> log.warn("{} makes calls while it is told of calls; it was not told of one more", this.who));
			return false;
		}
		DEPTH.set(depth + 1);
		return true;
	}

	/** Writes to the log, whatever the log throws. */
	private static void say(ForeignCode.Code words) {
		ForeignCode.run(log, "The log", words);
	}

	/**
	 * Reports a call that was rejected in its turn. Nobody waits for a oneway call, so it
	 * is logged.
	 */
	void rejected(Call call, Throwable reason) {
		if (call.mode() == CallMode.ONEWAY) {
			say(() -> log.warn("Oneway call {}.{}, submitted at {}, was rejected: {}", this.handler, call.method(),
					CallSite.describe(call.site()), reason.getMessage()));
		}
	}

	void gaveUp(Call call, boolean withdrawn) {
		if (withdrawn) {
			ended(call.method(), call.mode(), CallOutcome.CANCELLED, call.age(this.time.getAsLong()).toNanos(), 0);
		}
		else {
			tell((told) -> told.abandoned(call.method()));
		}
	}

	void leftOver(Call call) {
		ended(call.method(), call.mode(), CallOutcome.STOPPED, call.age(this.time.getAsLong()).toNanos(), 0);
	}

	void loopFailed(Throwable failure, boolean restarting) {
		tell((told) -> told.loopFailed(failure, restarting));
	}

	void busy(String method, Duration since, Thread thread) {
		List<StackTraceElement> stack = List.of(thread.getStackTrace());
		ProblemLog.report(log, this.observer,
				new ProblemReport(ProblemReport.Kind.BUSY, this.handler.name(),
						"Handler '%s' has been busy with %s for %s".formatted(this.handler, method, since), since,
						thread.getName(), stack));
		tell((told) -> told.busy(method, since, stack));
	}

	/** The oldest call has waited for too long; whoever holds the handler is to blame. */
	void overdue(Duration age, int queued, List<Hold> holds) {
		Thread holder = holds.isEmpty() ? null : holds.getFirst().thread();
		ProblemLog
			.report(log, this.observer,
					new ProblemReport(ProblemReport.Kind.OVERDUE, this.handler.name(),
							"The oldest of %s calls of handler '%s' has waited for %s".formatted(queued, this.handler,
									age),
							age, (holder != null) ? holder.getName() : null,
							(holder != null) ? List.of(holder.getStackTrace()) : List.of()));
	}

	void rejected(Call call, String reason) {
		rejected(call.method(), call.mode(), reason);
	}

	void rejected(String method, CallMode mode, String reason) {
		tell((told) -> told.rejected(method, mode, reason));
	}

	/** Reports a call that was failed because it would never have been answered. */
	void foundCircle(Call call, List<String> waits) {
		this.circle = new Found(waits, this.time.getAsLong());
		rejected(call, "deadlock");
	}

	HandlerSnapshot.@Nullable Circle circle() {
		Found found = this.circle;
		return (found != null)
				? new HandlerSnapshot.Circle(found.waits, Duration.ofNanos(this.time.getAsLong() - found.at)) : null;
	}

	/** Reports a caller that gave up before its call had a handler. */
	void gaveUp(String method, CallMode mode) {
		ended(method, mode, CallOutcome.CANCELLED, 0, 0);
	}

	private record Found(List<String> waits, long at) {

	}

}
