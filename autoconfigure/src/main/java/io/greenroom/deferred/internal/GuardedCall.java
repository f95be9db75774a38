package io.greenroom.deferred.internal;

import java.util.List;

import io.greenroom.observe.CallMode;
import org.jspecify.annotations.Nullable;

/** A call whose body is let in by somebody, and may have come from another node. */
final class GuardedCall extends MethodCall {

	private final BodyGuard guard;

	/** Who waits for the answer on other nodes. */
	private final List<HandlerChain.Waiting> chain;

	private final boolean flat;

	/** Whether somebody waits for the answer until its deadline. */
	private final boolean timed;

	private volatile boolean begun;

	GuardedCall(HandlerMethod method, CallMode mode, CallTarget entry, @Nullable Object[] arguments, BodyGuard guard,
			List<HandlerChain.Waiting> chain, boolean flat, boolean timed) {
		super(method, mode, entry, arguments);
		this.guard = guard;
		this.chain = chain;
		this.flat = flat;
		this.timed = timed;
	}

	@Override
	@Nullable Object invoke() throws Throwable {
		this.guard.beforeBody();
		this.begun = true;
		return super.invoke();
	}

	@Override
	boolean isFlat() {
		return this.flat;
	}

	@Override
	boolean isTimed() {
		return this.timed || super.isTimed();
	}

	List<HandlerChain.Waiting> chain() {
		return this.chain;
	}

	boolean isBegun() {
		return this.begun;
	}

}
