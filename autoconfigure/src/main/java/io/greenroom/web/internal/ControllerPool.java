package io.greenroom.web.internal;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

import io.greenroom.green.GreenPool;
import io.greenroom.green.Reservation;
import io.greenroom.green.Slot;
import io.greenroom.web.PoolRejectedException;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatusCode;

/** A pool that controllers run in. Safe for use by many threads. */
public final class ControllerPool {

	private final GreenPool pool;

	private final PoolTerms terms;

	private final SizeLimit limit;

	/** {@code null} if the size is fixed. */
	private final @Nullable LongSupplier nanoTime;

	/**
	 * Creates a pool with a fixed size.
	 * @param pool the pool
	 * @param terms what the pool grants to its clients
	 */
	public ControllerPool(GreenPool pool, PoolTerms terms) {
		this(pool, terms, SizeLimit.FIXED);
	}

	/**
	 * Creates a pool.
	 * @param pool the pool
	 * @param terms what the pool grants to its clients
	 * @param limit determines the pool's size
	 */
	public ControllerPool(GreenPool pool, PoolTerms terms, SizeLimit limit) {
		this(pool, terms, limit, (limit != SizeLimit.FIXED) ? System::nanoTime : null);
	}

	ControllerPool(GreenPool pool, PoolTerms terms, SizeLimit limit, @Nullable LongSupplier nanoTime) {
		this.pool = pool;
		this.terms = terms;
		this.limit = limit;
		this.nanoTime = nanoTime;
	}

	/**
	 * Returns the underlying pool.
	 * @return the pool, with its live numbers
	 */
	public GreenPool pool() {
		return this.pool;
	}

	/**
	 * Returns what the pool grants to its clients.
	 * @return the terms
	 */
	public PoolTerms terms() {
		return this.terms;
	}

	/**
	 * Returns whether the pool determines its own size.
	 * @return {@code true} if a size that is set manually would not last
	 */
	public boolean isAdaptive() {
		return this.limit != SizeLimit.FIXED;
	}

	/** Takes a slot or a place in line, without waiting. */
	Reservation reserve() {
		try {
			return this.pool.reserve();
		}
		catch (RejectedExecutionException rejection) {
			throw reject(rejection);
		}
	}

	/** Waits for the reserved slot on the calling thread. */
	Slot await(Reservation reservation) {
		try {
			return reservation.await(this.terms.queueTimeout());
		}
		catch (RejectedExecutionException rejection) {
			throw reject(rejection);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw reject(ex);
		}
	}

	PoolRejectedException reject(Exception rejection) {
		return new PoolRejectedException(rejection, HttpStatusCode.valueOf(this.terms.status()),
				this.terms.retryAfter(ThreadLocalRandom.current().nextDouble()));
	}

	long now() {
		return (isAdaptive() && this.nanoTime != null) ? this.nanoTime.getAsLong() : 0;
	}

	/** Adapts the size to a request that has held a slot since the given time. */
	void learn(long since, int active, boolean timedOut) {
		if (!isAdaptive() || this.nanoTime == null) {
			return;
		}
		this.limit.sample(since, this.nanoTime.getAsLong() - since, active, timedOut);
		int wanted = this.limit.size();
		// Two concurrent adaptations may leave the older size; the next one corrects it.
		if (wanted != this.pool.size()) {
			this.pool.resize(wanted);
		}
	}

	@Override
	public String toString() {
		return this.pool.toString();
	}

}
