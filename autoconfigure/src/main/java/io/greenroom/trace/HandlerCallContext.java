package io.greenroom.trace;

import java.util.Objects;

import io.greenroom.observe.CallMode;
import io.micrometer.observation.Observation;

/** The body of one call of a handler, as it is observed. */
public final class HandlerCallContext extends Observation.Context {

	private final String handler;

	private final String method;

	private final CallMode mode;

	/**
	 * Makes a context; public for tests of conventions.
	 * @param handler the handler's name
	 * @param method the name of the called method
	 * @param mode how it was called
	 */
	public HandlerCallContext(String handler, String method, CallMode mode) {
		this.handler = Objects.requireNonNull(handler, "handler");
		this.method = Objects.requireNonNull(method, "method");
		this.mode = Objects.requireNonNull(mode, "mode");
	}

	/**
	 * Returns the handler.
	 * @return the handler's name, which those of all keys share
	 */
	public String handler() {
		return this.handler;
	}

	/**
	 * Returns the method.
	 * @return the name of the called method
	 */
	public String method() {
		return this.method;
	}

	/**
	 * Returns how it was called.
	 * @return the mode
	 */
	public CallMode mode() {
		return this.mode;
	}

}
