package io.greenroom.green.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.greenroom.green.Parking;
import org.jspecify.annotations.Nullable;

/**
 * A future that a thread of a worker waits for by giving up its turn. Other threads wait
 * as the JDK does.
 *
 * @param <T> the type of the result
 */
public class TurnFuture<T extends @Nullable Object> extends CompletableFuture<T> {

	/** For the parts of Greenroom. */
	protected TurnFuture() {
	}

	@Override
	public <U> CompletableFuture<U> newIncompleteFuture() {
		return new TurnFuture<>();
	}

	@Override
	public T get() throws InterruptedException, ExecutionException {
		if (mustGiveWay()) {
			await(Long.MAX_VALUE);
		}
		return super.get();
	}

	@Override
	public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
		if (!mustGiveWay()) {
			return super.get(timeout, unit);
		}
		await(unit.toNanos(timeout));
		return super.get(0, TimeUnit.NANOSECONDS);
	}

	@Override
	public T join() {
		boolean interrupted = false;
		while (mustGiveWay()) {
			try {
				await(Long.MAX_VALUE);
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

	/** Rejects a wait of the current thread that would never end. */
	protected void checkMayWait() {
		// By default it may.
	}

	private boolean mustGiveWay() {
		if (isDone()) {
			return false;
		}
		checkMayWait();
		return Waits.isOnWorker();
	}

	private void await(long nanos) throws InterruptedException {
		Thread waiting = Thread.currentThread();
		var _ = whenComplete((value, failure) -> Parking.unpark(waiting));
		Countdown time = new Countdown(nanos);
		for (long left = time.left(); !isDone() && left > 0; left = time.left()) {
			Parking.parkNanos(this, left);
			if (Thread.interrupted()) {
				throw new InterruptedException();
			}
		}
	}

}
