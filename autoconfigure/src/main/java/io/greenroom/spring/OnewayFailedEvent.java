package io.greenroom.spring;

import java.util.Objects;

import org.springframework.context.ApplicationEvent;

/**
 * Published when the body of a oneway call has thrown, once per call and after the
 * failure was logged. Listeners are called on the handler's own thread, so a slow
 * listener delays the handler.
 */
public final class OnewayFailedEvent extends ApplicationEvent {

	private static final long serialVersionUID = 1L;

	private final String method;

	private final Throwable failure;

	/**
	 * Creates an event. Public for tests of listeners.
	 * @param handler the name of the handler's bean
	 * @param method the name of the method whose body threw
	 * @param failure the exception of the body
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
	 * Returns the exception.
	 * @return the exception of the body
	 */
	public Throwable exception() {
		return this.failure;
	}

}
