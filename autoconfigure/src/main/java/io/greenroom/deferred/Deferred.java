package io.greenroom.deferred;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.HandlerType;
import io.greenroom.green.GreenScheduler;
import org.jspecify.annotations.Nullable;

/**
 * The handle of a handler, to choose how a call is made. In Spring it is injected by
 * type, bound to the handler bean that an injection point of type {@code T} would get.
 * Without Spring, {@link #of} creates one. Thread-safe.
 *
 * @param <T> the handler's type: a class that is not final, or an interface
 */
public interface Deferred<T> extends AutoCloseable {

	/**
	 * Returns a view whose calls wait for their result, up to the handler's timeout. The
	 * caller gets the same throwable that the body threw. A call from a body of this
	 * handler runs at once.
	 * <p>
	 * Calls throw {@link DeferredTimeoutException} if the time is over,
	 * {@link DeferredInterruptedException} if the caller is interrupted,
	 * {@link MailboxFullException} if there is no room, and
	 * {@link HandlerStoppedException} if the handler has ended. Methods that return a
	 * {@link java.util.concurrent.CompletionStage} or {@code CompletableFuture} do not
	 * wait: they return a future that completes like the body's own.
	 * @return the view, the same object each time
	 */
	T sync();

	/**
	 * Returns a view like {@link #sync()} whose calls wait up to the limit, from the call
	 * to the result. A call whose time is over before it begins never runs. A call that
	 * runs is left to finish, and its result is dropped and counted.
	 * @param timeout how long each call may take; positive
	 * @return the view
	 * @throws IllegalArgumentException if the timeout is zero or negative
	 */
	T sync(Duration timeout);

	/**
	 * Returns a view whose calls do not wait, whatever the method. They return
	 * {@code null}, zero or {@code false} as soon as they are in the mailbox. What a body
	 * throws is logged once and counted.
	 * @return the view, the same object each time
	 */
	T oneway();

	/**
	 * Runs a function of the handler as one call in its turn, so that everything it does
	 * with the handler is atomic. Cancelling the future withdraws the call if it has not
	 * begun.
	 * @param function what to do with the handler
	 * @return a future that completes with the function's result or failure
	 * @param <R> the type of the result
	 */
	<R extends @Nullable Object> CompletableFuture<R> async(Function<? super T, ? extends R> function);

	/**
	 * Returns the handler itself, without its mailbox. Calls run at once on the caller's
	 * thread, concurrently with whatever else runs. Use at your own risk.
	 * @return the handler without its mailbox
	 */
	T direct();

	/**
	 * Returns the waiting calls, for a thread that processes them itself.
	 * @return the calls of this handler
	 */
	DeferredCalls calls();

	/**
	 * Ends the handler for all its callers. Rejects new calls at once with a
	 * {@link HandlerStoppedException}, including those that wait for room in the mailbox.
	 * Runs accepted calls for up to the handler's timeout, fails those that are left, and
	 * ends a {@link ProcessingLoop}. Blocks meanwhile, except in a body of this handler,
	 * which is finished first. An interrupt cuts the wait short and stays set.
	 * Idempotent.
	 * <p>
	 * A handler without a loop need not be closed: it is collected when it is no longer
	 * referenced and nothing is queued. A handler whose loop runs lives until it or its
	 * scheduler is closed. In Spring a handler ends with its bean; do not close it there.
	 */
	@Override
	void close();

	/**
	 * Creates a handler of an object without Spring, with the default options. Its owner
	 * starts at the first call. It ends with the scheduler, when it is closed, or when it
	 * is no longer referenced.
	 * @param scheduler where its green thread runs
	 * @param target the object, which must be called through the handle only from now on
	 * @return the handle
	 * @param <T> the object's class
	 * @throws InvalidHandlerException if the class cannot be a handler; says why
	 */
	static <T> Deferred<T> of(GreenScheduler scheduler, T target) {
		return of(scheduler, target, HandlerOptions.defaults());
	}

	/**
	 * Creates a handler of an object without Spring.
	 * @param scheduler where its green thread runs
	 * @param target the object, which must be called through the handle only from now on
	 * @param options its options
	 * @return the handle
	 * @param <T> the object's class
	 * @throws InvalidHandlerException if the class cannot be a handler; says why
	 */
	@SuppressWarnings("unchecked")
	static <T> Deferred<T> of(GreenScheduler scheduler, T target, HandlerOptions options) {
		Objects.requireNonNull(scheduler, "scheduler");
		Objects.requireNonNull(options, "options");
		Class<T> type = (Class<T>) Objects.requireNonNull(target, "target").getClass();
		HandlerType known = HandlerType.of(type);
		known.checkStates(List.of());
		Handler handler = new Handler(scheduler, known, target, options);
		handler.start();
		return handler.deferred(type, target);
	}

}
