package io.greenroom.spring;

import java.util.Objects;

import org.springframework.context.ApplicationEvent;

/**
 * The body of a oneway call threw. Published once per call, on the handler's own thread,
 * so a listener that takes long holds the handler up. The failure has been logged
 * already.
 */
public final class OnewayFailedEvent extends ApplicationEvent {

	private static final long serialVersionUID = 1L;

	private final String method;

	private final Throwable failure;

	/**
	 * Makes an event; public for tests of listeners.
	 * @param handler the name of the handler's bean
	 * @param method the name of the method whose body threw
	 * @param failure what it threw
	 */
	public OnewayFailedEvent(String handler, String method, Throwable failure) {
		super(handler);
		this.method = Objects.requireNonNull(method, "method");
		this.failure = Objects.requireNonNull(failure, "failure");
	}

	/**
	 * Returns the handler.
	 * @return the name of the handler's bean
	 */
	public String handler() {
		return (String) getSource();
	}

	/**
	 * Returns the method.
	 * @return the name of the method whose body threw
	 */
	public String method() {
		return this.method;
	}

	/**
	 * Returns the failure.
	 * @return what the body threw
	 */
	public Throwable exception() {
		return this.failure;
	}

}
