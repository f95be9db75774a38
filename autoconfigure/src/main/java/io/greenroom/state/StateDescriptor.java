package io.greenroom.state;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A state as its class declares it.
 *
 * @param name the name of the method
 * @param initial whether a machine may start here
 * @param restart whether one that has ended by itself may start again here
 * @param transitionsTo the states that may follow
 * @param timeout how long a machine stays at most, {@code null} for no limit
 * @param onTimeout where it goes then, {@code null} where there is no limit
 * @param onError where it goes when the body throws, {@code null} where it fails
 */
public record StateDescriptor(String name, boolean initial, boolean restart, List<String> transitionsTo,
		@Nullable Duration timeout, @Nullable String onTimeout, @Nullable String onError) {

	/** Copies the list. */
	public StateDescriptor {
		transitionsTo = List.copyOf(transitionsTo);
	}

}
