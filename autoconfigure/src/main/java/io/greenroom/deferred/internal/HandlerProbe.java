package io.greenroom.deferred.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.Processing;
import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.CallMode;
import org.jspecify.annotations.Nullable;

/**
 * What tests may see and do of a handler, unlike applications. Thread-safe. For internal
 * use only.
 */
public final class HandlerProbe {

	private final Handler handler;

	/**
	 * Creates a probe.
	 * @param handler the handler
	 */
	public HandlerProbe(Handler handler) {
		this.handler = Objects.requireNonNull(handler, "handler");
	}

	/**
	 * Returns the probe of the handler behind a handle.
	 * @param handle the handle
	 * @return a new probe
	 * @throws IllegalArgumentException if there is no mailbox behind the handle
	 */
	public static HandlerProbe of(Deferred<?> handle) {
		DeferredCalls calls;
		try {
			calls = Objects.requireNonNull(handle, "handle").calls();
		}
		catch (UnsupportedOperationException byKey) {
			throw new IllegalArgumentException(
					"%s is the handle of a handler by key, which has a mailbox only while its key is active; test its class with Deferred.of(scheduler, new ...)"
						.formatted(handle),
					byKey);
		}
		if (calls instanceof Processor processor && processor.service() instanceof Handler handler) {
			return new HandlerProbe(handler);
		}
		throw new IllegalArgumentException(
				"%s has no mailbox of Greenroom behind it, perhaps because it is a mock".formatted(handle));
	}

	/**
	 * Returns the handler's name.
	 * @return the name
	 */
	public String name() {
		return this.handler.name();
	}

	/**
	 * Returns the scheduler of the handler's owner.
	 * @return the scheduler
	 */
	public GreenScheduler scheduler() {
		return this.handler.core().scheduler();
	}

	/**
	 * Returns whether no owner processes the calls, because the application does.
	 * @return whether the handler is processed by hand
	 */
	public boolean isManual() {
		return this.handler.core().options().processing() == Processing.MANUAL;
	}

	/**
	 * Returns whether nothing runs, and no accepted call waits to run.
	 * @return whether the handler has nothing to do
	 */
	public boolean isQuiet() {
		return this.handler.isQuiet();
	}

	/**
	 * Returns the state of the handler.
	 * @return a snapshot
	 */
	public HandlerSnapshot snapshot() {
		return this.handler.snapshot();
	}

	/**
	 * Returns the calls that wait, urgent ones first and then in their order. They are
	 * exact while the handler takes none.
	 * @return a copy
	 */
	public List<Queued> queued() {
		List<Queued> queued = new ArrayList<>();
		this.handler.mailbox().forEachQueued((call) -> {
			if (call.isPending()) {
				queued.add(new Queued(call.method(), call.mode(), caller(call), arguments(call)));
			}
		});
		return queued;
	}

	private static @Nullable String caller(Call call) {
		Thread caller = call.caller();
		StackWalker.StackFrame site = call.site();
		return (caller != null) ? caller.getName() : (site != null) ? site.toStackTraceElement().toString() : null;
	}

	private static List<@Nullable Object> arguments(Call call) {
		List<@Nullable Object> arguments = new ArrayList<>();
		if (call instanceof DeclaredCall declared) {
			try {
				for (Object argument : declared.arguments()) {
					arguments.add(argument);
				}
			}
			catch (NullPointerException ended) {
				// It has begun meanwhile, and let go of them.
			}
		}
		return Collections.unmodifiableList(arguments);
	}

	/**
	 * Runs the next queued call, if there is any. Must be called in a body of the
	 * handler.
	 * @return whether a body ran
	 */
	public boolean processOne() {
		return this.handler.processOne();
	}

	/**
	 * A call that waits.
	 *
	 * @param method the name of the called method
	 * @param mode how it was called
	 * @param caller the thread of a sync call, or where a oneway call was made;
	 * {@code null} if unknown
	 * @param arguments the arguments
	 */
	public record Queued(String method, CallMode mode, @Nullable String caller, List<@Nullable Object> arguments) {
	}

}
