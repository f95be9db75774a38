package io.greenroom.web.internal;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.greenroom.green.Join;
import io.greenroom.web.RunInPool;
import org.jspecify.annotations.Nullable;

/** The pools that controllers run in, by name. Safe for use by many threads. */
public final class ControllerPools implements AutoCloseable {

	private final Map<String, ControllerPool> pools;

	private final CountDownLatch closed = new CountDownLatch(1);

	/**
	 * Creates the collection of pools.
	 * @param pools the pools by the names used in {@link RunInPool}
	 */
	public ControllerPools(Map<String, ControllerPool> pools) {
		this.pools = Collections.unmodifiableMap(new LinkedHashMap<>(pools));
	}

	/**
	 * Returns the names of all pools.
	 * @return the names, in the order of configuration
	 */
	public Collection<String> names() {
		return this.pools.keySet();
	}

	/**
	 * Returns all pools.
	 * @return the pools, in the order of their names
	 */
	public Collection<ControllerPool> all() {
		return this.pools.values();
	}

	/**
	 * Returns a pool.
	 * @param name the pool's name
	 * @return the pool, or {@code null} if there is none with that name
	 */
	public @Nullable ControllerPool find(String name) {
		return this.pools.get(name);
	}

	/**
	 * Waits until no request is in a slot or in line, up to a limit. The pools stay open,
	 * because their server may accept further requests on its open connections.
	 * @param limit the maximum time to wait
	 */
	void awaitRest(Duration limit) {
		long end = System.nanoTime() + TimeUnit.NANOSECONDS.convert(limit);
		boolean interrupted = false;
		for (ControllerPool pool : all()) {
			long left = Math.max(0, end - System.nanoTime());
			try {
				pool.pool().join(Join.all().within(Duration.ofNanos(left)));
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Waits until the pools are closed, up to a limit.
	 * @param limit the maximum time to wait
	 */
	void awaitClosed(Duration limit) {
		try {
			this.closed.await(TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Rejects waiting and new requests. Requests in a slot continue. Idempotent. */
	@Override
	public void close() {
		this.closed.countDown();
		boolean interrupted = Thread.interrupted();
		for (ControllerPool pool : all()) {
			try {
				pool.pool().kill(Duration.ZERO);
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

}
