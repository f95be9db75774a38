package io.greenroom.green;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** Orders living green threads as a tree. */
final class ThreadTree {

	/** By age, because thread ids increase. Those without a thread are the youngest. */
	private static final Comparator<GreenThread<?>> BY_AGE = Comparator.comparingLong((green) -> {
		Thread carrier = green.carrier();
		return (carrier != null) ? carrier.threadId() : Long.MAX_VALUE;
	});

	private final IdentityHashMap<GreenThread<?>, List<GreenThread<?>>> children = new IdentityHashMap<>();

	private final List<GreenThread<?>> roots = new ArrayList<>();

	ThreadTree(Collection<GreenThread<?>> threads) {
		threads.forEach((thread) -> this.children.put(thread, new ArrayList<>()));
		for (GreenThread<?> thread : threads) {
			// A parent that has ended, or that belongs to another scheduler, is not part
			// of the tree.
			List<GreenThread<?>> siblings = this.children.get(thread.parent());
			((siblings != null) ? siblings : this.roots).add(thread);
		}
	}

	/**
	 * Returns the entries. Not recursive, because a chain of parents may be longer than a
	 * stack.
	 */
	List<GreenThreadDump.Entry> entries(int frames, int most) {
		List<GreenThreadDump.Entry> entries = new ArrayList<>();
		Deque<Node> left = new ArrayDeque<>();
		push(left, this.roots, 0);
		for (Node node = left.poll(); node != null && entries.size() < most; node = left.poll()) {
			entries.add(node.entry(frames));
			push(left, this.children.getOrDefault(node.thread(), List.of()), node.depth() + 1);
		}
		return entries;
	}

	private static void push(Deque<Node> left, List<GreenThread<?>> siblings, int depth) {
		siblings.stream().sorted(BY_AGE.reversed()).forEach((thread) -> left.push(new Node(thread, depth)));
	}

	private record Node(GreenThread<?> thread, int depth) {

		GreenThreadDump.Entry entry(int frames) {
			Thread carrier = this.thread.carrier();
			return new GreenThreadDump.Entry(this.depth, this.thread.name(), this.thread.state(),
					(carrier != null) ? carrier.getState() : null, this.thread.parentName(), this.thread.spawnSite(),
					stack(carrier, frames));
		}

		private static List<StackTraceElement> stack(@Nullable Thread carrier, int frames) {
			if (carrier == null || frames == 0) {
				return List.of();
			}
			StackTraceElement[] all = carrier.getStackTrace();
			return List.of(all).subList(0, Math.min(frames, all.length));
		}

	}

}
