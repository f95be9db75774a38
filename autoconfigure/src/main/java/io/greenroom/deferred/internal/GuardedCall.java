package io.greenroom.deferred.internal;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.greenroom.deferred.internal.BodyGuard.NotBegunException;
import io.greenroom.observe.CallMode;
import org.jspecify.annotations.Nullable;

/**
 * A call whose body is let in by a {@link BodyGuard}, and that may have come from another
 * node.
 */
final class GuardedCall extends MethodCall {

	private final BodyGuard guard;

	/** The handlers on other nodes that wait for the answer. */
	private final List<HandlerChain.Waiting> chain;

	private final boolean flat;

	/** Whether a caller waits for the answer until its deadline. */
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
		if (this.guard.isMade()) {
			return this.flat ? CompletableFuture.completedFuture(null) : null;
		}
		try {
			this.guard.beforeBody();
		}
		catch (NotBegunException moved) {
			if (mode() == CallMode.ONEWAY && this.guard.passOn()) {
				return null;
			}
			throw moved;
		}
		this.begun = true;
		return this.guard.run(super::invoke);
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
