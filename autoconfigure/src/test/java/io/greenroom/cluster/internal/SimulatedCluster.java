package io.greenroom.cluster.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import io.greenroom.wire.Answer;
import io.greenroom.wire.Envelope;
import io.greenroom.wire.FailureData;
import org.jspecify.annotations.Nullable;

/**
 * Nodes in one thread and virtual time, over a network that delays, drops, doubles and
 * splits by seed, with handlers whose bodies take time and write to one database. Each
 * run of a seed is the same.
 */
final class SimulatedCluster {

	static final String DURABLE = "durable";

	static final String MEMORY = "memory";

	/** How long until a node that does not speak is taken for gone. */
	static final Duration LIMIT = Duration.ofSeconds(2);

	final Random random;

	final List<Node> nodes = new ArrayList<>();

	/** The database. */
	final Map<String, Row> rows = new TreeMap<>();

	final Map<String, String> answers = new HashMap<>();

	/** How often the body of a call has begun, by its id. */
	final Map<String, Integer> begun = new HashMap<>();

	/** When a call's time is over, by the simulation's clock. */
	final Map<String, Long> deadlines = new HashMap<>();

	/** How long after that its body began, by its id. */
	final Map<String, Long> late = new HashMap<>();

	final List<String> wrong = new ArrayList<>();

	private final PriorityQueue<Event> events = new PriorityQueue<>(
			Comparator.comparingLong(Event::at).thenComparingLong(Event::number));

	private final int quorum;

	private long now = 1_000_000_000_000L;

	private long numbers;

	/** How many messages nodes have sent to others. */
	long messages;

	double drops;

	double doubles;

	/** How much more than its usual time a message may take. */
	double slow;

	boolean slowBodies;

	/** Whether the database ends the transactions of nodes that are frozen for long. */
	boolean endsTransactions;

	private long splitSince;

	/** Which nodes speak to which. */
	private final Map<Node, Integer> sides = new HashMap<>();

	SimulatedCluster(long seed, int size, int quorum) {
		this.random = new Random(seed);
		this.quorum = quorum;
		for (int i = 0; i < size; i++) {
			add();
		}
		refresh(true);
	}

	Node add() {
		Node node = new Node(this.nodes.size());
		this.nodes.add(node);
		this.sides.put(node, 0);
		return node;
	}

	long now() {
		return this.now;
	}

	Duration upTo(double millis) {
		return Duration.ofNanos(1 + (long) (this.random.nextDouble() * millis * 1e6));
	}

	void after(Duration delay, Runnable action) {
		this.events.add(new Event(this.now + delay.toNanos(), this.numbers++, action));
	}

	/** Runs until nothing happens any more, or for so long. */
	void run(Duration time) {
		long end = this.now + time.toNanos();
		while (!this.events.isEmpty() && this.events.peek().at() <= end) {
			Event next = this.events.remove();
			this.now = Math.max(this.now, next.at());
			next.action().run();
		}
		this.now = end;
	}

	/** Those see each other that live, are awake and on one side. */
	private Set<String> visible(Node from) {
		Set<String> visible = new TreeSet<>();
		for (Node other : this.nodes) {
			if (other == from || (other.alive && !isLong(other.frozenSince) && !isLong(from.frozenSince)
					&& (this.sides.get(other).equals(this.sides.get(from)) || !isLong(this.splitSince)))) {
				visible.add(other.id);
			}
		}
		return visible;
	}

	private boolean isLong(long since) {
		return since != 0 && this.now - since >= LIMIT.toNanos();
	}

	/** Something has changed, which the nodes find out one by one. */
	void refresh(boolean atOnce) {
		for (Node node : this.nodes) {
			Duration delay = atOnce ? Duration.ZERO : upTo(200);
			after(delay, () -> node.whenAwake(() -> node.look()));
		}
	}

	void kill(Node node) {
		node.alive = false;
		after(upTo(300), () -> refresh(false));
	}

	void freeze(Node node, Duration time) {
		if (node.frozen) {
			return;
		}
		node.frozen = true;
		node.frozenSince = this.now;
		boolean noticed = time.compareTo(LIMIT) > 0;
		if (noticed) {
			after(LIMIT, () -> refresh(false));
		}
		after(time, () -> {
			node.frozen = false;
			node.frozenSince = 0;
			node.longFreezes += noticed ? 1 : 0;
			List<Runnable> late = List.copyOf(node.late);
			node.late.clear();
			late.forEach((action) -> after(upTo(20), () -> node.whenAwake(action)));
			if (noticed) {
				after(upTo(500), () -> node.whenAwake(() -> rejoin(List.of(node))));
			}
		});
	}

	void split(List<Node> minority, Duration time) {
		this.splitSince = this.now;
		minority.forEach((node) -> this.sides.put(node, 1));
		after(LIMIT, () -> refresh(false));
		after(time, () -> {
			this.splitSince = 0;
			minority.forEach((node) -> this.sides.put(node, 0));
			if (time.compareTo(LIMIT) > 0) {
				after(upTo(500), () -> rejoin(minority.stream().filter((node) -> node.alive && !node.frozen).toList()));
			}
		});
	}

	/** Nodes that were apart come back as new ones. */
	private void rejoin(List<Node> nodes) {
		nodes.forEach((node) -> node.id = node.name + "." + ++node.incarnation);
		refresh(false);
		nodes.forEach((node) -> after(upTo(200), () -> node.whenAwake(() -> {
			node.look();
			node.cluster.merged();
		})));
	}

	/** A node leaves in order. */
	void leave(Node node) {
		node.demoted = true;
		refresh(false);
		node.cluster.leave();
		drain(node, 0);
	}

	private void drain(Node node, int times) {
		after(Duration.ofMillis(300), () -> {
			if (node.cluster.serving() == 0 || times > 100) {
				kill(node);
			}
			else {
				drain(node, times + 1);
			}
		});
	}

	boolean delivers(Node from, Node to) {
		return from.alive && to.alive && this.sides.get(from).equals(this.sides.get(to));
	}

	private record Event(long at, long number, Runnable action) {

	}

	/** What the database has of a key. */
	record Row(int version, int value) {

	}

	/** One node. */
	final class Node implements Nodes, Timer {

		final String name;

		/** Clocks of nodes differ. */
		private final long clock;

		String id;

		int incarnation;

		boolean alive = true;

		boolean frozen;

		long frozenSince;

		int longFreezes;

		boolean demoted;

		final Deque<Runnable> late = new ArrayDeque<>();

		private Set<String> view;

		final ClusterNode cluster;

		final Handler durable = new Handler(this, true);

		final Handler memory = new Handler(this, false);

		private Events events = new Events() {
			@Override
			public void received(String from, byte[] message) {
			}

			@Override
			public void left(String node) {
			}

			@Override
			public void changed() {
			}

			@Override
			public void merged() {
			}
		};

		Node(int number) {
			this.name = "n" + number;
			this.id = this.name + ".0";
			this.clock = SimulatedCluster.this.random.nextLong() >> 8;
			this.view = Set.of(this.id);
			this.cluster = new ClusterNode(this, this, ClusterOptions.of(SimulatedCluster.this.quorum));
			this.cluster.serve(DURABLE, this.durable);
			this.cluster.serve(MEMORY, this.memory);
			this.cluster.start();
		}

		/** Runs now, or when the node is awake again; a dead one does nothing. */
		void whenAwake(Runnable action) {
			if (this.frozen) {
				this.late.add(action);
			}
			else if (this.alive) {
				action.run();
			}
		}

		void look() {
			Set<String> before = this.view;
			this.view = visible(this);
			Set<String> gone = new TreeSet<>(before);
			gone.removeAll(this.view);
			gone.remove(this.id);
			gone.forEach(this.events::left);
			this.events.changed();
		}

		@Override
		public String here() {
			return this.id;
		}

		@Override
		public Set<String> members() {
			Set<String> members = new HashSet<>(this.view);
			members.add(this.id);
			return members;
		}

		@Override
		public @Nullable String owner(String target) {
			return members().stream()
				.filter((member) -> !demoted(member))
				.max(Comparator.comparing((member) -> mixed(member + target)))
				.orElse(null);
		}

		private boolean demoted(String member) {
			return SimulatedCluster.this.nodes.stream().anyMatch((node) -> node.id.equals(member) && node.demoted);
		}

		private static int mixed(String text) {
			int hash = text.hashCode() * 0x9E3779B9;
			return hash ^ (hash >>> 15);
		}

		@Override
		public boolean send(String to, byte[] message) {
			if (!members().contains(to)) {
				return false;
			}
			SimulatedCluster cluster = SimulatedCluster.this;
			cluster.messages++;
			int copies = (cluster.random.nextDouble() < cluster.doubles) ? 2 : 1;
			String from = this.id;
			for (int i = 0; i < copies; i++) {
				if (cluster.random.nextDouble() < cluster.drops) {
					continue;
				}
				boolean late = cluster.random.nextDouble() < cluster.slow;
				cluster.after(cluster.upTo(late ? 3000 : 1), () -> arrive(from, to, message));
			}
			return true;
		}

		private void arrive(String from, String to, byte[] message) {
			for (Node node : SimulatedCluster.this.nodes) {
				if (node.id.equals(to) && delivers(this, node)) {
					node.whenAwake(() -> {
						if (node.id.equals(to)) {
							node.events.received(from, message);
						}
					});
				}
			}
		}

		@Override
		public void start(Events told) {
			this.events = told;
		}

		@Override
		public long nanoTime() {
			return SimulatedCluster.this.now + this.clock;
		}

		@Override
		public void after(Duration delay, Runnable action) {
			SimulatedCluster.this.after(delay.isNegative() ? Duration.ZERO : delay, () -> whenAwake(action));
		}

		@Override
		public String toString() {
			return this.id;
		}

	}

	/** The instances of all keys on one node. */
	final class Handler implements Serving {

		private final Node node;

		private final boolean durable;

		private final Map<String, Deque<Runnable>> queues = new HashMap<>();

		/** What is loaded. */
		private final Map<String, Row> instances = new HashMap<>();

		Handler(Node node, boolean durable) {
			this.node = node;
			this.durable = durable;
		}

		@Override
		public @Nullable String problem(Envelope call) {
			return call.method().equals("add") ? null : "there is no " + call.method();
		}

		@Override
		public void serve(Envelope call, Duration remaining, Reply reply) {
			Deque<Runnable> queue = this.queues.computeIfAbsent(call.key(), (key) -> new ArrayDeque<>());
			queue.add(() -> begin(call, reply));
			if (queue.size() == 1) {
				queue.element().run();
			}
		}

		private void end(Envelope call) {
			Deque<Runnable> queue = this.queues.get(call.key());
			queue.remove();
			if (!queue.isEmpty()) {
				this.node.after(Duration.ZERO, () -> queue.element().run());
			}
		}

		private void begin(Envelope call, Reply reply) {
			String stored = (this.durable && call.attempt() > 1) ? SimulatedCluster.this.answers.get(call.id()) : null;
			if (stored != null) {
				reply.answered(Answer.returned(call, stored));
				end(call);
				return;
			}
			if (!reply.mayBegin()) {
				reply.answered(Answer.moved(call));
				end(call);
				return;
			}
			if (this.node.members().size() < SimulatedCluster.this.quorum) {
				SimulatedCluster.this.wrong.add("a body began below quorum on " + this.node);
			}
			Long deadline = SimulatedCluster.this.deadlines.get(call.id());
			if (deadline != null && SimulatedCluster.this.now > deadline) {
				SimulatedCluster.this.late.put(call.id(), SimulatedCluster.this.now - deadline);
			}
			SimulatedCluster.this.begun.merge(call.id(), 1, Integer::sum);
			Row row = this.instances.computeIfAbsent(call.key(), (key) -> this.durable
					? SimulatedCluster.this.rows.getOrDefault(key, new Row(0, 0)) : new Row(0, 0));
			int freezes = this.node.longFreezes;
			this.node.after(SimulatedCluster.this.upTo(SimulatedCluster.this.slowBodies ? 800 : 10), () -> {
				if (SimulatedCluster.this.endsTransactions && freezes != this.node.longFreezes) {
					this.instances.remove(call.key());
					reply.answered(Answer.cut(call, FailureData.rejected("the connection is gone")));
					end(call);
				}
				else {
					finish(call, reply, row);
				}
			});
		}

		private void finish(Envelope call, Reply reply, Row row) {
			Row next = new Row(row.version() + 1, row.value() + 1);
			this.instances.put(call.key(), next);
			Answer answer = Answer.returned(call, String.valueOf(next.value()));
			if (this.durable) {
				answer = commit(call, row, next);
			}
			reply.answered(answer);
			end(call);
		}

		private Answer commit(Envelope call, Row row, Row next) {
			SimulatedCluster world = SimulatedCluster.this;
			String stored = world.answers.get(call.id());
			if (stored != null) {
				this.instances.remove(call.key());
				return Answer.returned(call, stored);
			}
			if (world.rows.getOrDefault(call.key(), new Row(0, 0)).version() != row.version()) {
				this.instances.remove(call.key());
				return Answer.stale(call, FailureData.rejected("stale"));
			}
			world.rows.put(call.key(), next);
			world.answers.put(call.id(), String.valueOf(next.value()));
			return Answer.returned(call, String.valueOf(next.value()));
		}

		@Override
		public void dropAll() {
			this.instances.clear();
		}

		@Override
		public void release() {
			this.instances.keySet()
				.removeIf((key) -> !this.node.cluster.isHere((this.durable ? DURABLE : MEMORY) + "[" + key + "]")
						&& this.queues.get(key).isEmpty());
		}

	}

}
