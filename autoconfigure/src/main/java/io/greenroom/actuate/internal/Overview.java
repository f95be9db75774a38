package io.greenroom.actuate.internal;

import java.util.List;
import java.util.Map;

import io.greenroom.actuate.internal.GreenroomDump.Kind;
import io.greenroom.deferred.internal.HandlerSnapshot;
import io.greenroom.keyed.internal.KeyedSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * The problems, and all parts whose number is small enough for frequent updates.
 *
 * @param problems what is wrong: the worst of each kind first, then the others
 * @param problemCounts how many problems of each kind there are
 * @param scheduler the scheduler's name
 * @param threads how many green threads are alive
 * @param handlers all handlers, by name
 * @param keyed the handlers by key, by name
 * @param pools the pools, by name
 * @param machines the classes of machines, with how many are in each state
 * @param failed how many machines have failed in each state since the start
 * @param cluster what this node knows of its cluster; {@code null} without one
 */
public record Overview(List<GreenroomDump.Problem> problems, Map<Kind, Integer> problemCounts, String scheduler,
		int threads, List<HandlerSnapshot> handlers, List<KeyedSnapshot> keyed, List<GreenroomDump.Pool> pools,
		List<MachineDiagram> machines, List<GreenroomDump.Failed> failed, GreenroomDump.@Nullable Cluster cluster) {

	/** Copies the lists. */
	public Overview {
		problems = List.copyOf(problems);
		problemCounts = Map.copyOf(problemCounts);
		handlers = List.copyOf(handlers);
		keyed = List.copyOf(keyed);
		pools = List.copyOf(pools);
		machines = List.copyOf(machines);
		failed = List.copyOf(failed);
	}

}
