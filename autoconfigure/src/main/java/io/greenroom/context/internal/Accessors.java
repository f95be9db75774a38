package io.greenroom.context.internal;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.greenroom.observe.ContextCarrier.Snapshot;
import io.micrometer.context.ThreadLocalAccessor;

/**
 * The accessors there were at one time.
 *
 * @param registered those of the registry
 * @param all in the order in which they are called
 * @param nothing has nothing to set, but takes away what a thread has
 */
record Accessors(List<ThreadLocalAccessor<?>> registered, List<ThreadLocalAccessor<Object>> all, Snapshot nothing) {

	/**
	 * Of two with one key the registered one is used.
	 * @param registry may change meanwhile
	 */
	@SuppressWarnings("unchecked") // an accessor is given what it gave
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
