package io.greenroom.spring;

import java.io.Serial;
import java.util.Objects;

import io.greenroom.observe.internal.Failures;
import io.greenroom.state.StateMachine;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEvent;

/**
 * A machine failed. Published once, when the machine has ended, on the thread that found
 * the failure; a listener may start the machine again. The event's source is the object
 * with the states.
 */
public final class StateFailedEvent extends ApplicationEvent {

	@Serial
	private static final long serialVersionUID = 1L;

	private final transient StateMachine machine;

	private final @Nullable String state;

	private final transient Throwable failure;

	/**
	 * Makes an event; public for tests of listeners.
	 * @param machine the machine that failed
	 * @param failure what the body, or something round it, threw
	 */
	public StateFailedEvent(StateMachine machine, Throwable failure) {
		super(machine.target());
		this.machine = machine;
		this.state = machine.current();
		this.failure = Objects.requireNonNull(failure, "failure");
	}

	/**
	 * Returns the machine.
	 * @return the machine that failed
	 */
	public StateMachine machine() {
		return this.machine;
	}

	/**
	 * Returns the state it was in.
	 * @return the name of the state, {@code null} if it never got into one
	 */
	public @Nullable String state() {
		return this.state;
	}

	/**
	 * Returns what it failed with.
	 * @return what the body, or something round it, threw
	 */
	public Throwable exception() {
		return this.failure;
	}

	@Override
	public String toString() {
		return "StateFailedEvent[" + this.machine.name() + ", " + this.state + ", " + Failures.describe(this.failure)
				+ "]";
	}

}
