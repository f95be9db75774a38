package io.greenroom.spring;

import io.greenroom.state.StateListener;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMove;

import org.springframework.context.ApplicationEventPublisher;

/** Publishes each move as a {@link StateTransitionEvent}. */
public final class StateEventPublisher implements StateListener {

	private final ApplicationEventPublisher events;

	/**
	 * Makes the publisher.
	 * @param events where to publish
	 */
	public StateEventPublisher(ApplicationEventPublisher events) {
		this.events = events;
	}

	@Override
	public void moved(StateMachine machine, StateMove move) {
		this.events.publishEvent(new StateTransitionEvent(machine, move));
	}

}
