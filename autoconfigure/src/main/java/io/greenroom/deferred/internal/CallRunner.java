package io.greenroom.deferred.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import io.greenroom.observe.CallMode;
import io.greenroom.observe.ContextCarrier;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.ForeignCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the bodies of a handler's calls on threads that hold it, and ends the calls. */
final class CallRunner {

	private static final Logger log = LoggerFactory.getLogger(HandlerLog.NAME);

	private final HandlerPhases phases;

	private final HandlerEnding ending;

	private final CallReports reports;

	/** {@code null} for handlers that are in no family. */
	private final @Nullable HandlerHost host;

	/** Set at most once, before the first call. */
	private volatile @Nullable CallGate gate;

	CallRunner(HandlerPhases phases, HandlerEnding ending, CallReports reports, @Nullable HandlerHost host) {
		this.phases = phases;
		this.ending = ending;
		this.reports = reports;
		this.host = host;
	}

	void gatedBy(CallGate gate) {
		this.gate = gate;
	}

	/** Runs a call on the thread that has the hold; returns whether its body ran. */
	boolean run(Call call, Hold held) {
		if (this.phases.isStopped()) {
			this.ending.leave(call);
			return false;
		}
		if (!call.begin()) {
			this.ending.passed(call);
			return false;
		}
		try {
			CallGate around = this.gate;
			if (around == null) {
				runBody(call, held);
			}
			else {
				around.run(() -> runBody(call, held));
			}
		}
		catch (Throwable failure) {
			if (!call.isRunning()) {
				throw failure;
			}
			// It has begun, so no other thread will tell its caller.
			call.runBy(held);
			finish(call, this.reports.now(), null, failure);
		}
		return true;
	}

	private void runBody(Call call, Hold held) {
		boolean foreign = held.hasForeignInterrupt();
		Call outer = held.begin(call);
		call.runBy(held);
		long begun = this.reports.now();
		long before = held.begun;
		held.begun = begun;
		@Nullable Object result = null;
		@Nullable Throwable failure = null;
		try {
			result = invoke(call);
		}
		catch (Throwable thrown) {
			failure = thrown;
		}
		boolean awaited;
		if (outer == null) {
			held.end(call);
			call.clear();
			awaited = end(call, result, failure);
			held.dropInterrupt(call, foreign);
		}
		else {
			call.clear();
			awaited = end(call, result, failure);
			held.begun = before;
			held.endNested(call, outer);
		}
		if (failure == null && call.mode() == CallMode.ONEWAY && isUnheard()) {
			return;
		}
		tell(call, begun, result, failure, awaited);
		if (outer == null) {
			// A listener or a callback may have left one too.
			held.dropInterrupt(call, foreign);
		}
	}

	/** Runs a call on its caller's own thread, which has its context, and ends it. */
	@Nullable Object runOnCaller(Call call) throws Throwable {
		long begun = this.reports.now();
		call.submitted = begun;
		@Nullable Object result = null;
		@Nullable Throwable failure = null;
		try {
			result = this.reports.invoke(call);
		}
		catch (Throwable thrown) {
			failure = thrown;
		}
		finish(call, begun, result, failure);
		if (failure != null) {
			throw failure;
		}
		return result;
	}

	/**
	 * Runs the body in its caller's context. An empty context is opened too, because an
	 * earlier body may have left something on this thread.
	 */
	private @Nullable Object invoke(Call call) throws Throwable {
		ContextCarrier.@Nullable Snapshot context = call.takeContext();
		if (context == null) {
			return this.reports.invoke(call);
		}
		ContextCarrier.Scope scope = context.open();
		try {
			return this.reports.invoke(call);
		}
		finally {
			// The body has run, so its outcome stands.
			ForeignCode.run(log, "A context carrier, after a body,", scope::close);
		}
	}

	private void finish(Call call, long begun, @Nullable Object result, @Nullable Throwable failure) {
		tell(call, begun, result, failure, end(call, result, failure));
	}

	/** Returns whether nobody is told of a oneway call that has returned. */
	private boolean isUnheard() {
		return this.host == null && !this.reports.hasListener();
	}

	/** Tells listeners and dependents of a call that has ended. */
	private void tell(Call call, long begun, @Nullable Object result, @Nullable Throwable failure, boolean awaited) {
		if (failure == null) {
			this.reports.returned(call, begun, awaited);
		}
		else {
			this.reports.threw(call, begun, failure, awaited);
		}
		if (call.mode() == CallMode.ASYNC) {
			// A function's future completes with its result, even if that is itself a
			// future.
			complete(call.future(), result, failure, call.isFlat());
		}
		if (this.host != null && call.mode() != CallMode.SYNC) {
			this.host.ran();
		}
	}

	/**
	 * Ends a call; returns {@code false} if its caller has left.
	 */
	private boolean end(Call call, @Nullable Object result, @Nullable Throwable failure) {
		if (call.mode() == CallMode.ONEWAY && !this.ending.isCounting()) {
			// Saves a compare-and-set for each call of a flood.
			call.ended();
			return true;
		}
		boolean awaited = (failure == null) ? call.returned(result) : call.threw(failure);
		if (!call.isTold()) {
			this.ending.ran();
		}
		return awaited;
	}

	/** Completes a future. Its dependents run here, whatever they are. */
	private static void complete(CompletableFuture<@Nullable Object> future, @Nullable Object result,
			@Nullable Throwable failure, boolean flatten) {
		ForeignCode.Code completing = () -> {
			if (failure != null) {
				future.completeExceptionally(failure);
			}
			else if (flatten && result instanceof CompletionStage<?> stage) {
				follow(future, stage);
			}
			else {
				future.complete(result);
			}
		};
		if (!ForeignCode.run(log, "A callback of a call's future", completing)) {
			// The stack overflowed among the dependents; run the rest of them.
			ForeignCode.run(log, "A callback of a call's future", completing);
		}
	}

	private static void follow(CompletableFuture<@Nullable Object> future, CompletionStage<?> stage) {
		try {
			stage.whenComplete((value, thrown) -> complete(future, value, unwrapped(thrown), false));
		}
		catch (Throwable failure) {
			// A foreign stage that cannot be followed would never complete the future.
			future.completeExceptionally(failure);
		}
	}

	private static @Nullable Throwable unwrapped(@Nullable Throwable thrown) {
		Throwable cause = (thrown instanceof CompletionException wrapped) ? Failures.cause(wrapped) : null;
		return (cause != null) ? cause : thrown;
	}

}
