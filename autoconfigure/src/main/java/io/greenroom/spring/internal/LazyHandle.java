package io.greenroom.spring.internal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredCalls;
import org.jspecify.annotations.Nullable;

import org.springframework.util.function.SingletonSupplier;

/**
 * The handle of a handler that is not created yet, because creating it requires the bean
 * that this handle is injected into. Finds the handler at the first use, and delegates to
 * its handle from then on.
 */
final class LazyHandle<T> implements Deferred<T> {

	private final String description;

	private final SingletonSupplier<Deferred<T>> handle;

	/**
	 * Creates a handle.
	 * @param description what it is a handle of
	 * @param handle finds the handler's own handle
	 */
	LazyHandle(String description, Supplier<Deferred<T>> handle) {
		this.description = description;
		this.handle = SingletonSupplier.of(handle);
	}

	private Deferred<T> handle() {
		return this.handle.obtain();
	}

	@Override
	public T sync() {
		return handle().sync();
	}

	@Override
	public T sync(Duration timeout) {
		return handle().sync(timeout);
	}

	@Override
	public T oneway() {
		return handle().oneway();
	}

	@Override
	public <R extends @Nullable Object> CompletableFuture<R> async(Function<? super T, ? extends R> function) {
		return handle().async(function);
	}

	@Override
	public T direct() {
		return handle().direct();
	}

	@Override
	public DeferredCalls calls() {
		return handle().calls();
	}

	@Override
	public void close() {
		handle().close();
	}

	@Override
	public String toString() {
		return "Deferred[" + this.description + ", found at its first use]";
	}

}
