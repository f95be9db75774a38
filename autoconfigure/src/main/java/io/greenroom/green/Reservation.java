package io.greenroom.green;

import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * A place in the line of a {@link GreenPool}, or a slot already, whose user comes later.
 * It is used once, by {@link #await} or {@link #start}; one that is not used any more
 * must be {@linkplain #cancel() cancelled}.
 */
public sealed interface Reservation permits PoolSlot {

	/**
	 * Returns whether the slot is there already, so that {@link #await} would not block.
	 * @return whether there is nothing left to wait for
	 */
	boolean isReady();

	/**
	 * Waits for the slot on the calling thread, in the order of reserving. A wait that
	 * fails gives the place up. A slot that comes together with the end of the wait is
	 * taken.
	 * @param limit how long to wait at most, from now; zero looks once
	 * @return the slot, to be closed
	 * @throws InterruptedException if the caller is interrupted while it waits
	 * @throws PoolFullException if the time is over
	 * @throws PoolClosedException if the pool closes meanwhile
	 * @throws IllegalArgumentException if the limit is negative
	 * @throws IllegalStateException if the reservation was used or cancelled before
	 */
	Slot await(Duration limit) throws InterruptedException;

	/**
	 * Gives the place to a task: it starts when the slot is there, at once if it is
	 * already. Does not block.
	 * @param body what runs in the slot
	 * @return the task's green thread; killing it while it waits gives the place up
	 * @param <T> the type of the result
	 * @throws PoolClosedException if the pool has closed since
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 * @throws IllegalStateException if the reservation was used or cancelled before
	 */
	<T> GreenThread<T> start(Callable<? extends T> body);

	/**
	 * Gives the place to a task that returns nothing.
	 * @param body what runs in the slot
	 * @return the task's green thread; killing it while it waits gives the place up
	 * @throws PoolClosedException if the pool has closed since
	 * @throws SchedulerClosedException if the scheduler is shutting down
	 * @throws IllegalStateException if the reservation was used or cancelled before
	 * @see #start(Callable)
	 */
	default GreenThread<Void> start(GreenTask body) {
		return start(GreenScheduler.callable(body));
	}

	/**
	 * Gives a reservation up that was not used: leaves the line or returns the slot. Does
	 * nothing once it was used; what {@link #await} gave is closed, what {@link #start}
	 * gave is killed. Idempotent.
	 */
	void cancel();

}
