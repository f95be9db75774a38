package io.greenroom.cluster.internal;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.greenroom.observe.internal.ForeignCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Queues the calls of each key in the order in which they arrive. A key has its own
 * thread, which may wait for room or for an instance without delaying other keys.
 */
final class Lanes {

	private static final Logger log = LoggerFactory.getLogger(Lanes.class);

	private final String name;

	/** The tasks by key; a key without tasks has no entry. */
	private final Map<String, ArrayDeque<Runnable>> lanes = new ConcurrentHashMap<>();

	Lanes(String name) {
		this.name = name;
	}

	void run(String key, Runnable task) {
		boolean[] first = new boolean[1];
		this.lanes.compute(key, (same, tasks) -> {
			ArrayDeque<Runnable> lane = (tasks != null) ? tasks : new ArrayDeque<>();
			first[0] = lane.isEmpty();
			lane.add(task);
			return lane;
		});
		if (first[0]) {
			Thread.ofVirtual().name("calls-" + this.name).start(() -> drain(key, task));
		}
	}

	private void drain(String key, Runnable first) {
		Runnable[] next = { first };
		while (next[0] != null) {
			Runnable task = next[0];
			ForeignCode.run(log, "A call from another node", task::run);
			this.lanes.compute(key, (same, tasks) -> {
				ArrayDeque<Runnable> lane = java.util.Objects.requireNonNull(tasks);
				lane.remove();
				next[0] = lane.peek();
				return lane.isEmpty() ? null : lane;
			});
		}
	}

}
