package io.greenroom.deferred.internal;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

import io.greenroom.deferred.OnTimeout;
import io.greenroom.observe.CallMode;
import org.jspecify.annotations.Nullable;

/**
 * A call that arrived from another node. No thread waits for it here: it is queued and
 * its future is returned, and a oneway call is only queued. For internal use only.
 */
public final class ArrivedCall extends RoutedCall {

	private final HandlerFamily family;

	private final HandlerMethod called;

	private final @Nullable Object[] given;

	private final boolean oneway;

	private final long nanos;

	private final BodyGuard guard;

	private final List<HandlerChain.Waiting> chain;

	private final long start;

	private volatile @Nullable GuardedCall made;

	private volatile boolean interrupting;

	ArrivedCall(HandlerFamily family, HandlerMethod method, @Nullable Object[] arguments, boolean oneway, long nanos,
			BodyGuard guard, List<HandlerChain.Waiting> chain) {
		super(family, method, oneway ? CallMode.ONEWAY : CallMode.ASYNC, arguments, false, nanos);
		this.called = method;
		this.given = arguments;
		this.oneway = oneway;
		this.nanos = nanos;
		this.guard = guard;
		this.chain = chain;
		this.start = family.now();
		this.family = family;
	}

	@Override
	public @Nullable Object on(Handler handler, Duration spent) throws Throwable {
		Objects.requireNonNull(spent, "spent");
		CallSubmitter submitter = handler.submitter();
		long left = Math.max(1, this.nanos - (this.family.now() - this.start));
		if (isPassing()) {
			submitter.awaitMade(this.called, left);
			this.guard.beforeBody();
		}
		this.interrupting = handler.core().options().onTimeout() == OnTimeout.INTERRUPT;
		GuardedCall call = new GuardedCall(this.called, this.oneway ? CallMode.ONEWAY : CallMode.ASYNC,
				new CallTarget(handler.core(), null), this.given, this.guard, this.chain,
				this.called.mode() == CallMode.ASYNC, !this.oneway);
		call.deadline = this.start + this.nanos;
		this.made = call;
		return submitter.submit(call, this.called, left);
	}

	@Override
	public @Nullable Object on(Handler handler, Duration spent, BodyGuard unused) throws Throwable {
		return on(handler, spent);
	}

	/**
	 * Returns whether the body has begun.
	 * @return {@code false} if it has not, and will not once the call has failed
	 */
	public boolean isBegun() {
		GuardedCall call = this.made;
		return call != null && call.isBegun();
	}

	/**
	 * Withdraws the call, because the caller's time is over. If the body has begun, does
	 * what the handler declares for bodies whose caller has left.
	 * @return whether the call was withdrawn: its future will never be completed
	 */
	public boolean giveUp() {
		GuardedCall call = this.made;
		return call != null && call.leave(this.interrupting) == Call.Leaving.WITHDRAWN;
	}

}
