package io.greenroom.metrics.internal;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.greenroom.observe.MachineListener;
import org.jspecify.annotations.Nullable;

/** The meters of all machines of one class. */
final class MachineMeters implements MachineListener {

	/** The value of the tag {@code from} when a machine is started. */
	private static final String NONE = "none";

	private final String machine;

	private final Binding binding;

	/**
	 * By state, added when a state is first seen. The size is bounded by the states that
	 * the class declares.
	 */
	private final Map<String, StateMeters> states = new ConcurrentHashMap<>();

	MachineMeters(String machine, Binding binding) {
		this.machine = machine;
		this.binding = binding;
	}

	@Override
	public void moved(@Nullable String from, String to, Duration spent) {
		if (from != null) {
			state(from).left(spent);
		}
		state(to).entered();
		state((from != null) ? from : NONE).moved(to);
	}

	@Override
	public void rejected(@Nullable String from, String to) {
		state((from != null) ? from : NONE).rejected(to);
	}

	@Override
	public void failed(String state, Throwable failure) {
		state(state).failed();
	}

	@Override
	public void ended(String state, Duration spent) {
		state(state).left(spent);
	}

	@Override
	public void forgotten(String state) {
		state(state).forgotten();
	}

	private StateMeters state(String state) {
		StateMeters known = this.states.get(state);
		return (known != null) ? known
				: this.states.computeIfAbsent(state, (name) -> new StateMeters(this.binding, this.machine, name));
	}

}
