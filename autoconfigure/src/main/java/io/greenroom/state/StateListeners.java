package io.greenroom.state;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

import io.greenroom.observe.MachineListener;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.ForeignCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Tells all listeners of machines. What one of them throws goes no further.
 * <p>
 * A listener that is told of a rejection or an end may cause another one on the same
 * thread. It learns of that from its own call, and is not told of it as a listener,
 * because otherwise each notification could lead to the next without end.
 */
final class StateListeners {

	private static final Logger log = LoggerFactory.getLogger(StateMachine.class);

	/** How many notifications, of different machines, may be nested. */
	private static final int DEPTH = 8;

	/** The machines of whose rejections and ends the current thread tells. */
	private static final ThreadLocal<@Nullable List<MovingMachine>> TELLING = new ThreadLocal<>();

	private final List<StateListener> listeners;

	StateListeners(List<StateListener> listeners) {
		this.listeners = List.copyOf(listeners);
	}

	void moved(MovingMachine machine, StateMove move, @Nullable Object[] args, Duration spent) {
		machine.isIn(move.to());
		tell(machine.observer(), (observer) -> observer.moved(move.from(), move.to(), spent));
		if (!this.listeners.isEmpty()) {
			List<@Nullable Object> arguments = Collections
				.<@Nullable Object>unmodifiableList(Arrays.<@Nullable Object>asList(args));
			this.listeners.forEach((each) -> tell(each, (listener) -> listener.moved(machine, move, arguments)));
		}
	}

	void completed(MovingMachine machine, String state) {
		this.listeners.forEach((each) -> tell(each, (listener) -> listener.completed(machine, state)));
	}

	void rejected(MovingMachine machine, IllegalTransitionException rejection) {
		tell(machine.observer(), (observer) -> observer.rejected(rejection.from(), rejection.to()));
		tellUnlessInside(machine, (listener) -> listener.rejected(machine, rejection));
	}

	void abandoned(MovingMachine machine, String from, String to) {
		this.listeners.forEach((each) -> tell(each, (listener) -> listener.abandoned(machine, from, to)));
	}

	void ended(MovingMachine machine, String state, Duration spent, @Nullable Throwable failure) {
		if (failure != null) {
			Failures.log(log, Level.ERROR, failure, "{} failed in state '{}'", machine.name(), state);
		}
		machine.isIn(null);
		if (failure != null) {
			tell(machine.observer(), (observer) -> observer.failed(state, failure));
			tellUnlessInside(machine, (listener) -> listener.failed(machine, failure));
		}
		tell(machine.observer(), (MachineListener observer) -> observer.ended(state, spent));
		tellUnlessInside(machine, (listener) -> listener.ended(machine));
	}

	private void tellUnlessInside(MovingMachine machine, Consumer<StateListener> message) {
		if (this.listeners.isEmpty()) {
			return;
		}
		List<MovingMachine> told = TELLING.get();
		List<MovingMachine> inside = (told != null) ? told : new ArrayList<>(2);
		if (inside.size() >= DEPTH || inside.contains(machine)) {
			log.warn("Listeners are not told of {} on thread '{}', where they are already being told", machine.name(),
					Thread.currentThread().getName());
			return;
		}
		TELLING.set(inside);
		inside.add(machine);
		try {
			this.listeners.forEach((each) -> tell(each, message));
		}
		finally {
			inside.remove(machine);
			if (inside.isEmpty()) {
				TELLING.remove();
			}
		}
	}

	private static <L> void tell(L listener, Consumer<L> message) {
		ForeignCode.run(log, "A listener of state machines", () -> message.accept(listener));
	}

}
