package io.greenroom.deferred.internal;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.greenroom.green.Parking;
import io.greenroom.green.internal.TurnFuture;
import org.jspecify.annotations.Nullable;

/**
 * The future of an async call, or a stage that depends on one. If a thread that holds a
 * handler waits for it, the wait is visible to the wait-for graph, because the thread may
 * be waiting for itself.
 *
 * @param <T> the type of the result
 */
final class CallFuture<T extends @Nullable Object> extends TurnFuture<T> {

	private final HandlerCore handler;

	private final Call call;

	/** Whether this is the call's own future, whose cancellation withdraws the call. */
	private final boolean own;

	CallFuture(HandlerCore handler, Call call) {
		this(handler, call, true);
	}

	private CallFuture(HandlerCore handler, Call call, boolean own) {
		this.handler = handler;
		this.call = call;
		this.own = own;
	}

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		if (this.own) {
			this.call.leave(false);
		}
		return super.cancel(mayInterruptIfRunning);
	}

	@Override
	public <U> CompletableFuture<U> newIncompleteFuture() {
		return new CallFuture<>(this.handler, this.call, false);
	}

	@Override
	public T get() throws InterruptedException, ExecutionException {
		Hold held = heldWhileWaiting();
		if (held != null) {
			awaitAsHolder(held, Long.MAX_VALUE);
		}
		return super.get();
	}

	@Override
	public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
		Hold held = heldWhileWaiting();
		if (held == null) {
			return super.get(timeout, unit);
		}
		awaitAsHolder(held, unit.toNanos(timeout));
		return super.get(0, TimeUnit.NANOSECONDS);
	}

	@Override
	public T join() throws CancellationException {
		boolean interrupted = false;
		for (Hold held = heldWhileWaiting(); held != null; held = heldWhileWaiting()) {
			try {
				awaitAsHolder(held, Long.MAX_VALUE);
			}
			catch (InterruptedException ex) {
				// As in the JDK: waits on, and keeps the flag.
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
		return super.join();
	}

	@Override
	protected void checkMayWait() {
		this.handler.checkMayWait("wait for the answer of", this.call);
	}

	/** Returns the hold of a thread that must wait, {@code null} if there is none. */
	private @Nullable Hold heldWhileWaiting() {
		return isDone() ? null : Hold.current();
	}

	private void awaitAsHolder(Hold held, long nanos) throws InterruptedException {
		Wait wait = new Wait(this.handler, this.call, false);
		@Nullable Wait outer = held.waiting();
		held.waitFor(wait);
		try {
			WaitGraph.breakCycle(wait);
			Thread waiting = Thread.currentThread();
			var _ = whenComplete((value, failure) -> Parking.unpark(waiting));
			long start = this.handler.now();
			while (!isDone()) {
				Call nested = wait.takeNested();
				if (nested != null) {
					nested.runAsNested();
					continue;
				}
				long left = (nanos == Long.MAX_VALUE) ? nanos : nanos - (this.handler.now() - start);
				if (left <= 0) {
					return;
				}
				Parking.parkNanos(this.handler, left);
				if (Thread.interrupted()) {
					throw new InterruptedException();
				}
			}
		}
		finally {
			held.waitFor(outer);
		}
	}

}
