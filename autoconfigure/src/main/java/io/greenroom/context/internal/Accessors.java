package io.greenroom.context.internal;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.greenroom.observe.ContextCarrier.Snapshot;
import io.micrometer.context.ThreadLocalAccessor;

/**
 * A snapshot of the accessors.
 *
 * @param registered those of the registry
 * @param all all of them, in the order in which they are called
 * @param nothing a snapshot without values, which clears the values of a thread
 */
record Accessors(List<ThreadLocalAccessor<?>> registered, List<ThreadLocalAccessor<Object>> all, Snapshot nothing) {

	/**
	 * Combines the given accessors with those of the registry. If two have the same key,
	 * the registered one is used.
	 * @param registry may change concurrently
	 */
	@SuppressWarnings("unchecked") // an accessor receives the values that it returned
	static Accessors of(List<ThreadLocalAccessor<?>> given, List<ThreadLocalAccessor<?>> registry) {
		List<ThreadLocalAccessor<?>> registered = List.copyOf(registry);
		Set<Object> keys = registered.stream().map(ThreadLocalAccessor::key).collect(Collectors.toSet());
		List<ThreadLocalAccessor<Object>> all = Stream
			.concat(given.stream().filter((accessor) -> !keys.contains(accessor.key())), registered.stream())
			.map((accessor) -> (ThreadLocalAccessor<Object>) accessor)
			.toList();
		return new Accessors(registered, all, Captured.nothing(all));
	}

}
