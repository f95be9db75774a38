package io.greenroom.green.io;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/**
 * A request to kill a process with all its descendants. Finding those requires a scan of
 * all processes of the system, so concurrent requests share the next scan.
 */
final class ProcessKill {

	/** How often to look for descendants that were started while others were killed. */
	private static final int HUNTS = 10;

	/**
	 * From how many requests on a single scan of all processes is cheaper than one for
	 * each.
	 */
	private static final int MANY = 4;

	private static final Queue<ProcessKill> ASKED = new ConcurrentLinkedQueue<>();

	/**
	 * Held by the thread that kills for all requests. Fair, so that no thread waits
	 * forever.
	 */
	private static final Semaphore KILLING = new Semaphore(1, true);

	private final ProcessHandle root;

	/** Guarded by {@link #KILLING}. */
	private boolean done;

	private ProcessKill(ProcessHandle root) {
		this.root = root;
	}

	/**
	 * Kills the whole tree, and returns when that is done.
	 * @param systemCalls one permit of which is taken to do so
	 */
	static void kill(Process process, Semaphore systemCalls) {
		ProcessKill mine = new ProcessKill(process.toHandle());
		ASKED.add(mine);
		KILLING.acquireUninterruptibly();
		try {
			if (!mine.done) {
				killAll(systemCalls);
			}
		}
		finally {
			// If this fails, the others still kill for themselves.
			ASKED.remove(mine);
			KILLING.release();
		}
	}

	private static void killAll(Semaphore systemCalls) {
		systemCalls.acquireUninterruptibly();
		try {
			List<ProcessKill> all = List.copyOf(ASKED);
			killTrees(all.stream().map((asked) -> asked.root).toList());
			all.forEach((asked) -> asked.done = true);
		}
		finally {
			systemCalls.release();
		}
	}

	/**
	 * Kills whole trees. Orphans cannot be found, so the trees are collected before their
	 * roots die, and those found are searched for children again.
	 */
	private static void killTrees(List<ProcessHandle> roots) {
		Map<Long, ProcessHandle> known = new LinkedHashMap<>();
		List<ProcessHandle> found = descendants(roots);
		roots.forEach(ProcessHandle::destroyForcibly);
		for (int hunt = 0; hunt < HUNTS && !found.isEmpty(); hunt++) {
			found.forEach((handle) -> known.put(handle.pid(), handle));
			List<ProcessHandle> younger = descendants(found);
			found.forEach(ProcessHandle::destroyForcibly);
			found = younger.stream().filter((handle) -> !known.containsKey(handle.pid())).toList();
		}
	}

	private static List<ProcessHandle> descendants(List<ProcessHandle> of) {
		if (of.size() < MANY) {
			return of.stream().flatMap(ProcessHandle::descendants).toList();
		}
		Map<Long, List<ProcessHandle>> children = new HashMap<>();
		ProcessHandle.allProcesses()
			.forEach((process) -> process.parent()
				.ifPresent(
						(parent) -> children.computeIfAbsent(parent.pid(), (pid) -> new ArrayList<>()).add(process)));
		List<ProcessHandle> found = new ArrayList<>();
		of.forEach((root) -> addChildren(root, children, found));
		return found;
	}

	private static void addChildren(ProcessHandle of, Map<Long, List<ProcessHandle>> children,
			List<ProcessHandle> found) {
		// Removed, so that no process is visited twice.
		List<ProcessHandle> own = children.remove(of.pid());
		if (own != null) {
			found.addAll(own);
			own.forEach((child) -> addChildren(child, children, found));
		}
	}

}
