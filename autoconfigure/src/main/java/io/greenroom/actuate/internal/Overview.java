package io.greenroom.actuate.internal;

import java.util.List;
import java.util.Map;

import io.greenroom.actuate.internal.GreenroomDump.Kind;
import io.greenroom.deferred.internal.HandlerSnapshot;
import io.greenroom.keyed.internal.KeyedSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * The problems, and those parts of a dump that are small enough for frequent updates.
 *
 * @param problems the problems: the worst of each kind first, then the others
 * @param problemCounts the number of problems of each kind
 * @param scheduler the name of the scheduler
 * @param threads the number of green threads that are alive
 * @param handlers all handlers, sorted by name
 * @param keyed the handlers by key, sorted by name
 * @param pools the pools, sorted by name
 * @param machines the classes of machines, with the number of machines in each state
 * @param failed the number of machines that have failed in each state since the start
 * @param cluster the cluster as this node sees it, or {@code null} if there is no cluster
 */
public record Overview(List<GreenroomDump.Problem> problems, Map<Kind, Integer> problemCounts, String scheduler,
		int threads, List<HandlerSnapshot> handlers, List<KeyedSnapshot> keyed, List<GreenroomDump.Pool> pools,
		List<MachineDiagram> machines, List<GreenroomDump.Failed> failed, GreenroomDump.@Nullable Cluster cluster) {

	/** Copies the given lists. */
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
