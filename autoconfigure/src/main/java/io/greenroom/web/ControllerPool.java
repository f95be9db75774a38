package io.greenroom.web;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;

import io.greenroom.green.GreenPool;
import io.greenroom.green.Reservation;
import io.greenroom.green.Slot;

/**
 * A pool that controllers run in, and what its clients are told.
 *
 * @param pool the pool
 * @param queueTimeout how long a request waits in line at most
 * @param retryAfter when a refused client may come again
 */
public record ControllerPool(GreenPool pool, Duration queueTimeout, Duration retryAfter) {

	/** Waits for a slot on the calling thread. */
	Slot enter() {
		return await(reserve());
	}

	/** Takes a slot or a place in line at once. */
	Reservation reserve() {
		try {
			return this.pool.reserve();
		}
		catch (RejectedExecutionException refusal) {
			throw refuse(refusal);
		}
	}

	/** Waits for the reserved slot on the calling thread. */
	Slot await(Reservation reservation) {
		try {
			return reservation.await(this.queueTimeout);
		}
		catch (RejectedExecutionException refusal) {
			throw refuse(refusal);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw refuse(ex);
		}
	}

	PoolRefusedException refuse(Exception refusal) {
		return new PoolRefusedException(refusal, this.retryAfter);
	}

}
