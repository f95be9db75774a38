package io.greenroom.web;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** The pools that controllers run in, by name. Safe for use by many threads. */
public final class ControllerPools implements AutoCloseable {

	private final Map<String, ControllerPool> pools;

	/**
	 * Takes the pools.
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
	 * @return the pool, {@code null} if there is none of that name
	 */
	public @Nullable ControllerPool find(String name) {
		return this.pools.get(name);
	}

	/**
	 * Closes all pools side by side: each refuses at once and waits for what it has
	 * accepted.
	 */
	@Override
	public void close() {
		List<Thread> closers = new ArrayList<>();
		for (ControllerPool pool : all()) {
			closers.add(Thread.ofVirtual().name("close-" + pool.pool().name()).start(pool.pool()::close));
		}
		try {
			for (Thread closer : closers) {
				closer.join();
			}
		}
		catch (InterruptedException ex) {
			closers.forEach(Thread::interrupt);
			Thread.currentThread().interrupt();
		}
	}

}
