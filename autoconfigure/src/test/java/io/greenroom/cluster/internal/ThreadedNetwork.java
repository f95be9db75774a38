package io.greenroom.cluster.internal;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/** Nodes in one JVM with threads of their own, whose owners a test decides. */
final class ThreadedNetwork implements AutoCloseable {

	/** Which node has a key; {@code null} for nobody. */
	final Map<String, String> owners = new ConcurrentHashMap<>();

	private final Map<String, Node> nodes = new ConcurrentSkipListMap<>();

	private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2,
			Thread.ofPlatform().daemon().factory());

	/** Loses what a node says. */
	volatile Predicate<String> loses = (from) -> false;

	Node node(String name) {
		return this.nodes.computeIfAbsent(name, Node::new);
	}

	/** A node has never been there. */
	void remove(String name) {
		this.nodes.remove(name);
	}

	/** A node is gone, and the others see it. */
	void kill(String name) {
		Node gone = this.nodes.remove(name);
		gone.dead = true;
		this.nodes.values().forEach((other) -> other.line.execute(() -> other.events().left(name)));
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
		this.nodes.values().forEach((node) -> node.line.shutdownNow());
	}

	/** One node. */
	final class Node implements Nodes, Timer {

		private final String name;

		private final ExecutorService line = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());

		volatile boolean dead;

		/** What this node sees, if not all. */
		volatile @Nullable Set<String> sees;

		private volatile @Nullable Events events;

		Node(String name) {
			this.name = name;
		}

		Events events() {
			return java.util.Objects.requireNonNull(this.events);
		}

		@Override
		public String here() {
			return this.name;
		}

		@Override
		public Set<String> members() {
			Set<String> seen = this.sees;
			return (seen != null) ? seen : new TreeSet<>(new TreeMap<>(ThreadedNetwork.this.nodes).keySet());
		}

		@Override
		public @Nullable String owner(String target) {
			return ThreadedNetwork.this.owners.get(target);
		}

		@Override
		public boolean send(String to, byte[] message) {
			Node other = ThreadedNetwork.this.nodes.get(to);
			if (other == null || this.dead) {
				return false;
			}
			if (!ThreadedNetwork.this.loses.test(this.name)) {
				other.line.execute(() -> other.events().received(this.name, message));
			}
			return true;
		}

		@Override
		public double share() {
			return 1;
		}

		@Override
		public void start(Events told) {
			this.events = told;
		}

		@Override
		public long nanoTime() {
			return System.nanoTime();
		}

		@Override
		public void after(Duration delay, Runnable action) {
			ThreadedNetwork.this.timer.schedule(() -> {
				if (!this.dead) {
					action.run();
				}
			}, Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
		}

	}

}
