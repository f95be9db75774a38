package io.greenroom.state;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What is to be drawn: states, the arrows between them, and where a machine is, in
 * whatever form.
 */
record Drawing(String name, List<StateDescriptor> states, List<Arrow> arrows, @Nullable String current) {

	/** A declared move, and how often it was made. */
	record Arrow(String from, String to, boolean onTimeout, int count) {
	}

	/** Returns the states that a machine may start in. */
	List<StateDescriptor> starts() {
		List<StateDescriptor> marked = this.states.stream().filter(StateDescriptor::initial).toList();
		return marked.isEmpty() ? this.states : marked;
	}

	/** Returns what is to be known of the whole, {@code null} for nothing. */
	@Nullable String remark() {
		return this.states.stream().anyMatch(StateDescriptor::initial) ? null
				: "no state is marked initial, so every state may start it";
	}

	/** Returns what is written at an arrow, empty for nothing. */
	String label(Arrow arrow) {
		List<String> parts = new ArrayList<>();
		for (StateDescriptor state : this.states) {
			if (state.name().equals(arrow.from())) {
				if (arrow.onTimeout() && state.timeout() != null) {
					parts.add("after " + Durations.format(state.timeout()));
				}
				if (arrow.to().equals(state.onError())) {
					parts.add("on error");
				}
			}
		}
		if (arrow.count() > 0) {
			parts.add(arrow.count() + "\u00d7");
		}
		return String.join(", ", parts);
	}

}
