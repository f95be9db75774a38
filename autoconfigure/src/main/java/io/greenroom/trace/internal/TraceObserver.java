package io.greenroom.trace.internal;

import io.greenroom.observe.BodyListener;
import io.greenroom.observe.CallMode;
import io.greenroom.observe.CallOutcome;
import io.greenroom.observe.HandlerGauges;
import io.greenroom.observe.HandlerListener;
import io.greenroom.observe.MachineListener;
import io.greenroom.observe.Observer;
import io.greenroom.trace.HandlerCallContext;
import io.greenroom.trace.HandlerCallConvention;
import io.greenroom.trace.StateBodyContext;
import io.greenroom.trace.StateBodyConvention;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Observes the bodies of calls and states. Each observation is a child of the observation
 * that was current in the caller. The observer can be created before there is a registry.
 * Nothing is observed before {@link #bindTo} is called. This class is thread-safe.
 */
public final class TraceObserver implements Observer {

	private static final HandlerCallConvention CALLS = new DefaultHandlerCallConvention();

	private static final StateBodyConvention STATES = new DefaultStateBodyConvention();

	/** Written once, when the registry is set. */
	private volatile @Nullable Bound bound;

	/** Creates an observer without a registry, which observes nothing. */
	public TraceObserver() {
	}

	/**
	 * Sets the registry that receives the observations.
	 * @param registry the registry, with its handlers in place
	 * @param calls the convention for calls, or {@code null} for the default
	 * @param states the convention for states, or {@code null} for the default
	 */
	public void bindTo(ObservationRegistry registry, @Nullable HandlerCallConvention calls,
			@Nullable StateBodyConvention states) {
		this.bound = registry.isNoop() ? null : new Bound(registry, calls, states);
	}

	@Override
	public HandlerListener handler(String handler, HandlerGauges gauges) {
		return new HandlerListener() {

			// Overridden so that nothing is allocated for each call.
			@Override
			public void endedNanos(String method, CallMode mode, CallOutcome outcome, long waited, long ran) {
			}

			@Override
			public BodyListener bodies() {
				return (method, mode) -> call(handler, method, mode);
			}

		};
	}

	private BodyListener.Running call(String handler, String method, @Nullable CallMode mode) {
		Bound known = this.bound;
		return (known == null || mode == null) ? BodyListener.Running.NONE : running(Observation
			.createNotStarted(known.calls, CALLS, () -> new HandlerCallContext(handler, method, mode), known.registry));
	}

	@Override
	public MachineListener machine(String machine) {
		return new MachineListener() {

			@Override
			public BodyListener bodies() {
				return (state, mode) -> state(machine, state);
			}

		};
	}

	private BodyListener.Running state(String machine, String state) {
		Bound known = this.bound;
		return (known == null) ? BodyListener.Running.NONE : running(Observation.createNotStarted(known.states, STATES,
				() -> new StateBodyContext(machine, state), known.registry));
	}

	private static BodyListener.Running running(Observation observation) {
		observation.start();
		Observation.Scope scope = observation.openScope();
		return (failure) -> {
			try {
				scope.close();
				if (failure != null) {
					observation.error(failure);
				}
			}
			finally {
				observation.stop();
			}
		};
	}

	private record Bound(ObservationRegistry registry, @Nullable HandlerCallConvention calls,
			@Nullable StateBodyConvention states) {

	}

}
