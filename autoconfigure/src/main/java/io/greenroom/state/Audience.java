package io.greenroom.state;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import io.greenroom.observe.Failures;
import io.greenroom.observe.ForeignCode;
import io.greenroom.observe.MachineListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Tells everybody who listens to machines; what one of them throws goes no further. */
final class Audience {

	private static final Logger log = LoggerFactory.getLogger(StateMachine.class);

	private final List<StateListener> listeners;

	Audience(List<StateListener> listeners) {
		this.listeners = List.copyOf(listeners);
	}

	void moved(Machine machine, StateMove move, Duration spent) {
		machine.isIn(move.to());
		tell(machine.type().observer(), (observer) -> observer.moved(move.from(), move.to(), spent));
		this.listeners.forEach((each) -> tell(each, (listener) -> listener.moved(machine, move)));
	}

	void rejected(Machine machine, IllegalTransitionException refusal) {
		tell(machine.type().observer(), (observer) -> observer.rejected(refusal.from(), refusal.to()));
		this.listeners.forEach((each) -> tell(each, (listener) -> listener.rejected(machine, refusal)));
	}

	void abandoned(Machine machine, String from, String to) {
		this.listeners.forEach((each) -> tell(each, (listener) -> listener.abandoned(machine, from, to)));
	}

	void ended(Machine machine, String state, Duration spent, @Nullable Throwable failure) {
		if (failure != null) {
			Failures.log(log, Level.ERROR, failure, "{} failed in state '{}'", machine.name(), state);
		}
		machine.isIn(null);
		tell(machine.type().observer(), (MachineListener observer) -> observer.ended(state, spent));
		this.listeners.forEach((each) -> tell(each, (listener) -> listener.ended(machine)));
	}

	private static <L> void tell(L listener, Consumer<L> message) {
		ForeignCode.run(log, "A listener of state machines", () -> message.accept(listener));
	}

}
