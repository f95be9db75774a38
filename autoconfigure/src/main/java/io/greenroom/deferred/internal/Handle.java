package io.greenroom.deferred.internal;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredCalls;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Deferred} of a single handler: creates the views and delegates to the
 * handler.
 */
final class Handle<T> implements Deferred<T> {

	private final Handler handler;

	private final Class<T> type;

	private final CallTarget entry;

	private final HandlerMethod[] methods;

	private final T object;

	private final T sync;

	private final T oneway;

	private final T direct;

	Handle(Handler handler, HandlerType as, Class<T> type, T object) {
		this.handler = handler;
		this.type = type;
		this.entry = new CallTarget(handler.core(), object);
		this.methods = as.methods().stream().map(this::withModeOfHandler).toArray(HandlerMethod[]::new);
		this.object = object;
		this.sync = view(ViewInvocationHandler.Kind.SYNC, CallSubmitter.AS_DECLARED);
		this.oneway = view(ViewInvocationHandler.Kind.ONEWAY, CallSubmitter.AS_DECLARED);
		this.direct = (object == handler.target()) ? object : view(ViewInvocationHandler.Kind.DIRECT, 0);
	}

	/**
	 * The handler's class declares how a method is called, even if it is called through
	 * an interface.
	 */
	private HandlerMethod withModeOfHandler(HandlerMethod method) {
		HandlerMethod known = this.handler.type().method(method.method());
		return known.equals(method) ? method : known.declaredAs(method);
	}

	private T view(ViewInvocationHandler.Kind kind, long nanos) {
		return HandlerViews.view(this.type,
				new ViewInvocationHandler(this.handler.submitter(), this.entry, this.methods, kind, nanos));
	}

	@Override
	public T sync() {
		return this.sync;
	}

	@Override
	public T sync(Duration timeout) {
		if (!Objects.requireNonNull(timeout, "timeout").isPositive()) {
			throw new IllegalArgumentException("The timeout is " + timeout + "; give a positive duration");
		}
		return view(ViewInvocationHandler.Kind.SYNC, HandlerCore.nanos(timeout));
	}

	@Override
	public T oneway() {
		return this.oneway;
	}

	@Override
	public <R extends @Nullable Object> CompletableFuture<R> async(Function<? super T, ? extends R> function) {
		return this.handler.submitter().async(Objects.requireNonNull(function, "function"), this.object);
	}

	@Override
	public T direct() {
		return this.direct;
	}

	@Override
	public DeferredCalls calls() {
		return this.handler.calls();
	}

	@Override
	public void close() {
		this.handler.close();
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof Handle<?> handle && handle.handler == this.handler;
	}

	@Override
	public int hashCode() {
		return System.identityHashCode(this.handler);
	}

	@Override
	public String toString() {
		return "Deferred[" + this.handler.name() + "]";
	}

}
