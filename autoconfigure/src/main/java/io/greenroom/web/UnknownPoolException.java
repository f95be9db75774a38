package io.greenroom.web;

import java.io.Serial;
import java.util.Collection;
import java.util.List;

/** A {@link RunInPool} names a pool that does not exist. */
public final class UnknownPoolException extends IllegalStateException {

	@Serial
	private static final long serialVersionUID = 1L;

	private final String controller;

	private final String pool;

	private final List<String> known;

	/**
	 * Makes an exception.
	 * @param controller who asked for the pool
	 * @param pool the name that was asked for
	 * @param known the names there are
	 */
	public UnknownPoolException(String controller, String pool, Collection<String> known) {
		super("%s is to run in the pool '%s', which does not exist; there are: %s".formatted(controller, pool,
				String.join(", ", known)));
		this.controller = controller;
		this.pool = pool;
		this.known = List.copyOf(known);
	}

	/**
	 * Returns who asked for the pool.
	 * @return the controller's method, and its bean
	 */
	public String controller() {
		return this.controller;
	}

	/**
	 * Returns what was asked for.
	 * @return the pool's name
	 */
	public String pool() {
		return this.pool;
	}

	/**
	 * Returns what there is.
	 * @return the names of the existing pools
	 */
	public List<String> known() {
		return this.known;
	}

}
