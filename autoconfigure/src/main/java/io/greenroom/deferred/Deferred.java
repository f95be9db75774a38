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
 * The handle of a handler: says how to call it. In Spring it is injected by type, bound
 * to the handler bean that an injection point of type {@code T} would get; without
 * Spring, {@link #of} makes one. Safe for use by many threads.
 *
 * @param <T> the handler's type, a class that is not final, or an interface
 */
public interface Deferred<T> extends AutoCloseable {

	/**
	 * Returns a view whose calls wait for their result, at most the handler's timeout.
	 * What the body throws arrives as the same object. A call from a body of this handler
	 * runs at once.
	 * <p>
	 * Calls throw {@link DeferredTimeoutException} when the time is over,
	 * {@link DeferredInterruptedException} when the caller is interrupted,
	 * {@link MailboxFullException} when there is no room and
	 * {@link HandlerStoppedException} when the handler has ended. Methods that return a
	 * {@link java.util.concurrent.CompletionStage} or {@code CompletableFuture} do not
	 * wait: they return a future of the body's own.
	 * @return the view, the same object each time
	 */
	T sync();

	/**
	 * Returns a view like {@link #sync()} whose calls wait up to the limit, from the call
	 * to the result. A call whose time is over before it began never runs; one that runs
	 * is left to finish, and its result is dropped and counted.
	 * @param timeout how long each call may take; positive
	 * @return the view
	 * @throws IllegalArgumentException if the timeout is zero or negative
	 */
	T sync(Duration timeout);

	/**
	 * Returns a view whose calls do not wait, whatever the method: they return
	 * {@code null}, zero or {@code false} as soon as they are in the mailbox. What a body
	 * throws is logged once and counted.
	 * @return the view, the same object each time
	 */
	T oneway();

	/**
	 * Runs a function of the handler as one call in its turn: what it does with the
	 * handler is atomic together. Cancelling the future withdraws the call if it has not
	 * begun.
	 * @param function what to do with the handler
	 * @return a future of the function's result or failure
	 * @param <R> the type of the result
	 */
	<R extends @Nullable Object> CompletableFuture<R> async(Function<? super T, ? extends R> function);

	/**
	 * Returns the handler itself, past its mailbox: calls run at once on the caller's
	 * thread, beside whatever else runs. At your own risk.
	 * @return the handler without its mailbox
	 */
	T direct();

	/**
	 * Returns the waiting calls, for a processor of the user's own.
	 * @return the calls of this handler
	 */
	DeferredCalls calls();

	/**
	 * Ends the handler, for all who call it: rejects new calls at once with a
	 * {@link HandlerStoppedException}, also those that wait for room in its mailbox, runs
	 * those accepted for no longer than callers wait for an answer by the handler's
	 * timeout, tells the callers of what is left, and ends a {@link ProcessingLoop}.
	 * Blocks meanwhile, but not in a body of this handler, which is finished first; an
	 * interrupt cuts the wait short and stays set. Idempotent.
	 * <p>
	 * Nobody needs to close a handler without a loop: it is collected when nobody refers
	 * to it and nothing is queued. One whose loop runs lives until it is closed, or its
	 * scheduler is. In Spring a handler ends with its bean; don't close it there.
	 */
	@Override
	void close();

	/**
	 * Makes a handler of an object without Spring, with the default options. Its owner
	 * starts at the first call; it ends with the scheduler, when it is closed, or when
	 * nobody refers to it any more.
	 * @param scheduler where its green thread runs
	 * @param target the object; from now on to be called through the handle only
	 * @return the handle
	 * @param <T> the object's class
	 * @throws InvalidHandlerException if the class can't be a handler; says why
	 */
	static <T> Deferred<T> of(GreenScheduler scheduler, T target) {
		return of(scheduler, target, HandlerOptions.defaults());
	}

	/**
	 * Makes a handler of an object without Spring.
	 * @param scheduler where its green thread runs
	 * @param target the object; from now on to be called through the handle only
	 * @param options its options
	 * @return the handle
	 * @param <T> the object's class
	 * @throws InvalidHandlerException if the class can't be a handler; says why
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
