package io.greenroom.spring;

import java.io.Serial;
import java.util.Objects;

import io.greenroom.observe.internal.Failures;
import io.greenroom.state.StateMachine;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEvent;

/**
 * Published once when a machine has failed and ended, on the thread that detected the
 * failure. A listener may start the machine again. The source of the event is the object
 * with the states.
 */
public final class StateFailedEvent extends ApplicationEvent {

	@Serial
	private static final long serialVersionUID = 1L;

	private final transient StateMachine machine;

	private final @Nullable String state;

	private final transient Throwable failure;

	/**
	 * Creates an event. Public for tests of listeners.
	 * @param machine the machine that failed
	 * @param failure the exception of the body, or of code around it
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
	 * Returns the state in which the machine failed.
	 * @return the name of the state, or {@code null} if the machine never entered one
	 */
	public @Nullable String state() {
		return this.state;
	}

	/**
	 * Returns the exception.
	 * @return the exception of the body, or of code around it
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
