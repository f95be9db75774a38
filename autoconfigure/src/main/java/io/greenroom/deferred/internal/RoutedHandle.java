package io.greenroom.deferred.internal;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredCalls;
import io.greenroom.observe.internal.StackRoom;
import org.jspecify.annotations.Nullable;

/** The handle of a handler that is looked up for each call. */
final class RoutedHandle<T> implements Deferred<T> {

	private final HandlerFamily family;

	private final Class<T> type;

	private final HandlerRoute route;

	private final T sync;

	private final T oneway;

	RoutedHandle(HandlerFamily family, Class<T> type, HandlerRoute route) {
		this.family = family;
		this.type = type;
		this.route = route;
		this.sync = view(RoutedView.Kind.SYNC, CallSubmitter.AS_DECLARED);
		this.oneway = view(RoutedView.Kind.ONEWAY, CallSubmitter.AS_DECLARED);
	}

	private T view(RoutedView.Kind kind, long nanos) {
		return HandlerViews.view(this.type, new RoutedView(this.family, this.route, kind, nanos));
	}

	@Override
	public T sync() {
		return this.sync;
	}

	@Override
	public T sync(Duration timeout) {
		if (!timeout.isPositive()) {
			throw new IllegalArgumentException("The timeout is " + timeout + "; give a positive duration");
		}
		return view(RoutedView.Kind.SYNC, HandlerCore.nanos(timeout));
	}

	@Override
	public T oneway() {
		return this.oneway;
	}

	@Override
	@SuppressWarnings("unchecked")
	public <R extends @Nullable Object> CompletableFuture<R> async(Function<? super T, ? extends R> function) {
		Objects.requireNonNull(function, "function");
		CallRecorder recorder = new CallRecorder(this.family, this.route.toString());
		RoutedCall call;
		try {
			Object returned = function.apply(HandlerViews.view(this.type, recorder));
			call = recorder.recorded(returned);
		}
		catch (CallRecorder.Misuse misuse) {
			throw misuse;
		}
		catch (Throwable failure) {
			return CompletableFuture.failedFuture(failure);
		}
		StackRoom.check();
		try {
			Object future = this.route.call(call);
			// What bypasses the mailbox, such as a move, is done when it returns.
			return (CompletableFuture<R>) (future instanceof CompletableFuture<?> ? future
					: CompletableFuture.completedFuture(future));
		}
		catch (RuntimeException | Error failure) {
			throw failure;
		}
		catch (Throwable failure) {
			return CompletableFuture.failedFuture(failure);
		}
	}

	@Override
	public T direct() {
		throw rejected("direct()",
				"its object may be created or gone at any moment; call sync(), or get the key's view from Keyed.get");
	}

	@Override
	public DeferredCalls calls() {
		throw rejected("calls()",
				"Greenroom processes its calls; inside a body, DeferredCalls.current() lets further ones in");
	}

	@Override
	public void close() {
		throw rejected("close()", "the next call would make another; Keyed.passivate ends the one there is");
	}

	private UnsupportedOperationException rejected(String what, String remedy) {
		return new UnsupportedOperationException(
				"Deferred.%s is not available for %s, a handler by key: %s".formatted(what, this.route, remedy));
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof RoutedHandle<?> that && that.family == this.family && that.route.equals(this.route);
	}

	@Override
	public int hashCode() {
		return this.route.hashCode();
	}

	@Override
	public String toString() {
		return "Deferred[" + this.route + "]";
	}

}
