package io.greenroom.deferred;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import io.greenroom.observe.CallMode;
import io.greenroom.observe.ContextCarrier;
import org.jspecify.annotations.Nullable;

/** Runs the bodies of a handler's calls, on threads that hold it, and ends the calls. */
final class CallRunner {

	private final Life life;

	private final CallReports reports;

	/** Set at most once, before the first call. */
	private volatile @Nullable CallGate gate;

	CallRunner(Life life, CallReports reports) {
		this.life = life;
		this.reports = reports;
	}

	void gatedBy(CallGate gate) {
		this.gate = gate;
	}

	/** Runs a call on the thread that has the hold; returns whether its body ran. */
	boolean run(Call call, Held held) {
		if (this.life.isStopped()) {
			this.life.leave(call);
			return false;
		}
		if (!call.begin()) {
			this.life.passed(call);
			return false;
		}
		CallGate around = this.gate;
		if (around == null) {
			runBody(call, held);
		}
		else {
			around.run(() -> runBody(call, held));
		}
		return true;
	}

	private void runBody(Call call, Held held) {
		Call outer = held.begin(call);
		long begun = this.reports.now();
		@Nullable Object result = null;
		@Nullable Throwable failure = null;
		try {
			result = invoke(call);
		}
		catch (Throwable thrown) {
			failure = thrown;
		}
		held.end(outer);
		call.clear();
		finish(call, begun, result, failure);
	}

	/** Runs a call on its caller's own thread, which has its context, and ends it. */
	@Nullable Object runOnCaller(Call call) throws Throwable {
		long begun = this.reports.now();
		call.submitted = begun;
		@Nullable Object result = null;
		@Nullable Throwable failure = null;
		try {
			result = call.invoke();
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
	 * Runs the body in its caller's context. An empty one is opened too: an earlier body
	 * may have left something on this thread.
	 */
	@SuppressWarnings("try") // the scope is there to be closed
	private static @Nullable Object invoke(Call call) throws Throwable {
		ContextCarrier.@Nullable Snapshot context = call.takeContext();
		if (context == null) {
			return call.invoke();
		}
		try (ContextCarrier.Scope scope = context.open()) {
			return call.invoke();
		}
	}

	private void finish(Call call, long begun, @Nullable Object result, @Nullable Throwable failure) {
		boolean awaited = end(call, result, failure);
		if (failure == null) {
			this.reports.returned(call, begun, awaited);
		}
		else {
			this.reports.threw(call, begun, failure, awaited);
		}
		if (call.mode() == CallMode.ASYNC) {
			// A function's future is its result, also where that is a future itself.
			complete(call.future(), result, failure, !(call instanceof FunctionCall<?, ?>));
		}
	}

	/** Returns whether whoever waits for the call is still there, if anybody does. */
	private boolean end(Call call, @Nullable Object result, @Nullable Throwable failure) {
		if (call.mode() == CallMode.ONEWAY && !this.life.isCounting()) {
			// Saves a flood a compare-and-set for each call.
			call.ended();
			return true;
		}
		boolean awaited = (failure == null) ? call.returned(result) : call.threw(failure);
		if (!call.isTold()) {
			this.life.ran();
		}
		return awaited;
	}

	@SuppressWarnings("unchecked")
	private static void complete(CompletableFuture<@Nullable Object> future, @Nullable Object result,
			@Nullable Throwable failure, boolean flatten) {
		if (failure != null) {
			future.completeExceptionally(failure);
		}
		else if (flatten && result instanceof CompletionStage<?> stage) {
			stage.whenComplete((value, thrown) -> complete(future, value,
					(thrown instanceof CompletionException wrapped && wrapped.getCause() != null) ? wrapped.getCause()
							: thrown,
					true));
		}
		else {
			future.complete(result);
		}
	}

}
