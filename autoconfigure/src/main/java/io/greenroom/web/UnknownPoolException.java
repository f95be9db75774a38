package io.greenroom.web;

import java.io.Serial;
import java.util.Collection;
import java.util.List;

/** Thrown when a {@link RunInPool} names a pool that does not exist. */
public final class UnknownPoolException extends IllegalStateException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final String controller;

	private final String pool;

	private final List<String> known;

	/**
	 * Creates an exception.
	 * @param controller the controller that names the pool
	 * @param pool the name of the pool
	 * @param known the names of the existing pools
	 */
	public UnknownPoolException(String controller, String pool, Collection<String> known) {
		super("%s names the pool '%s', which does not exist; the pools are: %s".formatted(controller, pool,
				String.join(", ", known)));
		this.controller = controller;
		this.pool = pool;
		this.known = List.copyOf(known);
	}

	/**
	 * Returns the controller that names the pool.
	 * @return the controller's method and its bean
	 */
	public String controller() {
		return this.controller;
	}

	/**
	 * Returns the name of the missing pool.
	 * @return the pool's name
	 */
	public String pool() {
		return this.pool;
	}

	/**
	 * Returns the names of the existing pools.
	 * @return the names
	 */
	public List<String> known() {
		return this.known;
	}

}
