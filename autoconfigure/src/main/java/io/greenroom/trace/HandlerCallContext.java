package io.greenroom.trace;

import java.util.Objects;

import io.greenroom.observe.CallMode;
import io.micrometer.observation.Observation;

/** The observation context for the body of a handler call. */
public final class HandlerCallContext extends Observation.Context {

	private final String handler;

	private final String method;

	private final CallMode mode;

	/**
	 * Creates a context. This constructor is public so that conventions can be tested.
	 * @param handler the name of the handler
	 * @param method the name of the called method
	 * @param mode the mode of the call
	 */
	public HandlerCallContext(String handler, String method, CallMode mode) {
		this.handler = Objects.requireNonNull(handler, "handler");
		this.method = Objects.requireNonNull(method, "method");
		this.mode = Objects.requireNonNull(mode, "mode");
	}

	/**
	 * Returns the name of the handler.
	 * @return the name of the handler, which is the same for all keys
	 */
	public String handler() {
		return this.handler;
	}

	/**
	 * Returns the name of the called method.
	 * @return the name of the called method
	 */
	public String method() {
		return this.method;
	}

	/**
	 * Returns the mode of the call.
	 * @return the mode of the call
	 */
	public CallMode mode() {
		return this.mode;
	}

}
