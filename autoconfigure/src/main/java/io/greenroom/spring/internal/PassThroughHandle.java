package io.greenroom.spring.internal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredCalls;
import org.jspecify.annotations.Nullable;

/**
 * The handle of an object that replaces a handler bean and was not created by Spring,
 * such as a test's mock. It has no mailbox: all calls run immediately on the caller's
 * thread, so a test can verify them when they have returned.
 */
record PassThroughHandle<T>(T object) implements Deferred<T> {

	@Override
	public T sync() {
		return this.object;
	}

	@Override
	public T sync(Duration timeout) {
		return this.object;
	}

	@Override
	public T oneway() {
		return this.object;
	}

	@Override
	public <R extends @Nullable Object> CompletableFuture<R> async(Function<? super T, ? extends R> function) {
		try {
			return CompletableFuture.completedFuture(function.apply(this.object));
		}
		catch (Throwable failure) {
			return CompletableFuture.failedFuture(failure);
		}
	}

	@Override
	public T direct() {
		return this.object;
	}

	@Override
	public DeferredCalls calls() {
		throw new IllegalStateException("%s replaces a handler and has no mailbox, so no calls can wait in it"
			.formatted(this.object.getClass().getSimpleName()));
	}

	/** Does nothing, because the object ends with its bean. */
	@Override
	public void close() {
	}

	@Override
	public String toString() {
		return "Deferred[stand-in " + this.object.getClass().getSimpleName() + "]";
	}

}
