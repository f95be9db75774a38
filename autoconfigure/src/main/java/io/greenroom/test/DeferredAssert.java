package io.greenroom.test;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.internal.HandlerProbe;
import io.greenroom.deferred.internal.HandlerSnapshot;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.ListAssert;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on a handler. They look at it once and do not wait. A failure shows what the
 * handler runs, and the calls that wait.
 */
public final class DeferredAssert extends AbstractAssert<DeferredAssert, Deferred<?>> {

	DeferredAssert(@Nullable Deferred<?> handler) {
		super(handler, DeferredAssert.class);
	}

	/**
	 * Verifies which calls wait, urgent ones first and then in their order.
	 * @param methods the names of their methods
	 * @return this
	 */
	public DeferredAssert hasPendingCalls(String... methods) {
		Objects.requireNonNull(methods, "methods");
		HandlerProbe handler = probe();
		List<String> queued = handler.queued().stream().map(HandlerProbe.Queued::method).toList();
		return satisfies(queued.equals(Arrays.asList(methods)), handler,
				"to have the pending calls " + Arrays.asList(methods));
	}

	/**
	 * Verifies that no call waits. One may run.
	 * @return this
	 */
	public DeferredAssert hasNoPendingCalls() {
		HandlerProbe handler = probe();
		return satisfies(handler.queued().isEmpty(), handler, "to have no pending calls");
	}

	/**
	 * Verifies that nothing runs, and no call waits.
	 * @return this
	 */
	public DeferredAssert isAtRest() {
		HandlerProbe handler = probe();
		return satisfies(handler.isQuiet(), handler, "to be at rest");
	}

	/**
	 * Verifies that a body runs.
	 * @param method the name of its method
	 * @return this
	 */
	public DeferredAssert isRunning(String method) {
		Objects.requireNonNull(method, "method");
		HandlerProbe handler = probe();
		return satisfies(handler.snapshot().running().stream().anyMatch((body) -> body.method().equals(method)),
				handler, "to run " + method);
	}

	/**
	 * Verifies that the handler takes calls.
	 * @return this
	 */
	public DeferredAssert isOpen() {
		HandlerProbe handler = probe();
		return satisfies(handler.snapshot().state() == HandlerSnapshot.State.OPEN, handler, "to be open");
	}

	/**
	 * Verifies that the handler has ended.
	 * @return this
	 */
	public DeferredAssert hasEnded() {
		HandlerProbe handler = probe();
		return satisfies(switch (handler.snapshot().state()) {
			case STOPPED, DEAD -> true;
			case OPEN, CLOSING -> false;
		}, handler, "to have ended");
	}

	/**
	 * Continues with the calls that wait.
	 * @return assertions on the list
	 */
	public ListAssert<QueuedCall> pendingCalls() {
		return new ListAssert<>(QueuedCall.of(probe()));
	}

	private HandlerProbe probe() {
		isNotNull();
		return HandlerProbe.of(this.actual);
	}

	private DeferredAssert satisfies(boolean condition, HandlerProbe handler, String expected) {
		if (!condition) {
			throw failure("Expected handler '%s' %s:%s", handler.name(), expected, HandlerText.of(handler));
		}
		return this;
	}

}
