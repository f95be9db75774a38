package io.greenroom.spring.internal;

import java.util.List;

import io.greenroom.spring.StateCompletedEvent;
import io.greenroom.spring.StateFailedEvent;
import io.greenroom.spring.StateTransitionEvent;
import io.greenroom.state.StateListener;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMove;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes a {@link StateTransitionEvent} for each move, a {@link StateCompletedEvent}
 * for each body that has returned, and a {@link StateFailedEvent} for each failure.
 */
public final class StateEventPublisher implements StateListener {

	private final ApplicationEventPublisher events;

	/**
	 * Creates the publisher.
	 * @param events publishes the events
	 */
	public StateEventPublisher(ApplicationEventPublisher events) {
		this.events = events;
	}

	@Override
	public void moved(StateMachine machine, StateMove move, List<@Nullable Object> arguments) {
		this.events.publishEvent(new StateTransitionEvent(machine, move, arguments));
	}

	@Override
	public void completed(StateMachine machine, String state) {
		this.events.publishEvent(new StateCompletedEvent(machine, state));
	}

	@Override
	public void failed(StateMachine machine, Throwable failure) {
		this.events.publishEvent(new StateFailedEvent(machine, failure));
	}

}
