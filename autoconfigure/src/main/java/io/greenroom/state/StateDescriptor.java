package io.greenroom.state;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A state as declared by its class.
 *
 * @param name the name of the method
 * @param initial whether a machine may start here
 * @param restart whether a machine that has ended by itself may start again here
 * @param transitionsTo the states that may follow
 * @param timeout the longest time a machine stays; {@code null} for no limit
 * @param onTimeout the state it then moves to, or {@code null} if there is no limit
 * @param onError the state it moves to if the body throws, or {@code null} if it fails
 */
public record StateDescriptor(String name, boolean initial, boolean restart, List<String> transitionsTo,
		@Nullable Duration timeout, @Nullable String onTimeout, @Nullable String onError) {

	/** Copies the list. */
	public StateDescriptor {
		transitionsTo = List.copyOf(transitionsTo);
	}

}
