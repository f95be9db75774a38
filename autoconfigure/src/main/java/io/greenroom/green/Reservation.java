package io.greenroom.green;

import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * A place in the line of a {@link GreenPool}, or already a slot, whose user comes later.
 * It is used once, by {@link #await} or {@link #start}. A reservation that will not be
 * used must be {@linkplain #cancel() cancelled}. Thread-safe.
 */
public sealed interface Reservation permits PoolSlot {

	/**
	 * Returns whether the slot is available already, so that {@link #await} would not
	 * block.
	 * @return whether there is nothing left to wait for
	 */
	boolean isReady();

	/**
	 * Waits for the slot on the calling thread, in the order of reservations. A wait that
	 * fails gives up the place. A slot that comes together with the end of the wait is
	 * taken.
	 * @param limit the maximum time to wait from now; zero checks once without waiting
	 * @return the slot, which must be closed
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws PoolFullException if the time is over
	 * @throws PoolClosedException if the pool closes meanwhile
	 * @throws IllegalArgumentException if the limit is negative
	 * @throws IllegalStateException if the reservation was used or cancelled before
	 */
	Slot await(Duration limit) throws InterruptedException;

	/**
	 * Gives the place to a task, which starts when the slot is available. Does not block.
	 * @param body what runs in the slot
	 * @return the task's green thread; killing it while it waits gives up the place
	 * @param <T> the type of the result
	 * @throws PoolClosedException if the pool has closed since
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 * @throws IllegalStateException if the reservation was used or cancelled before
	 */
	<T> GreenThread<T> start(Callable<? extends T> body);

	/**
	 * Gives the place to a task that returns nothing.
	 * @param body what runs in the slot
	 * @return the task's green thread; killing it while it waits gives up the place
	 * @throws PoolClosedException if the pool has closed since
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 * @throws IllegalStateException if the reservation was used or cancelled before
	 * @see #start(Callable)
	 */
	default GreenThread<Void> start(GreenTask body) {
		return start(GreenScheduler.callable(body));
	}

	/**
	 * Gives up an unused reservation: leaves the line or returns the slot. Has no effect
	 * once the reservation was used: close what {@link #await} returned, or kill what
	 * {@link #start} returned. Idempotent.
	 */
	void cancel();

}
