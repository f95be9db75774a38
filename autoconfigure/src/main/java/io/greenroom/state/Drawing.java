package io.greenroom.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The content of a drawing in any format: states, the arrows between them, and where a
 * machine is or how many machines are in each state.
 */
record Drawing(String name, List<StateDescriptor> states, List<Arrow> arrows, @Nullable String current,
		Map<String, Long> counts) {

	/** A declared move, and how often it was made. */
	record Arrow(String from, String to, boolean onTimeout, int count) {
	}

	/** Returns the states that a machine may start in. */
	List<StateDescriptor> starts() {
		List<StateDescriptor> marked = this.states.stream().filter(StateDescriptor::initial).toList();
		return marked.isEmpty() ? this.states : marked;
	}

	/** Returns a remark about the whole; {@code null} if there is none. */
	@Nullable String remark() {
		return this.states.stream().anyMatch(StateDescriptor::initial) ? null
				: "no state is marked initial, so every state may start it";
	}

	/** Returns the text in a state's box. */
	String label(StateDescriptor state) {
		long count = this.counts.getOrDefault(state.name(), 0L);
		return (count > 0) ? state.name() + " (" + count + ")" : state.name();
	}

	/** Returns the text at an arrow; empty if there is none. */
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
