package io.greenroom.cluster.internal;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import io.greenroom.cluster.internal.SimulatedCluster.Node;
import io.greenroom.wire.Answer;
import io.greenroom.wire.Envelope;

/**
 * Prints how the protocol between nodes behaves with 3 to 100 of them, in virtual time:
 * <pre>
 * java -cp … io.greenroom.cluster.internal.ClusterSimulation
 * </pre> The code that runs is that of a real node. A message takes up to 1 ms and a body
 * up to 10 ms. A node that leaves says so; a node that is killed is noticed within 300
 * ms. In both cases the others learn of it, one by one, within 200 ms.
 */
final class ClusterSimulation {

	private static final int KEYS = 10_000;

	/** Hazelcast's own number, unless it is changed. */
	private static final int PARTITIONS = 271;

	private static final int CALLS = 4000;

	private static final int RUNS = 5;

	private static final Duration CALLING = Duration.ofSeconds(5);

	private static final Duration TIME = Duration.ofSeconds(30);

	private final SimulatedCluster cluster;

	/** How many of the nodes call; the last one may go. */
	private final int callers;

	private int number;

	private int answered;

	private long longest;

	private ClusterSimulation(long seed, int nodes, int callers) {
		this.callers = callers;
		this.cluster = new SimulatedCluster(seed, nodes, nodes / 2 + 1);
		this.cluster.run(Duration.ofSeconds(1));
	}

	public static void main(String[] args) {
		System.out.println("| nodes | keys per node, of 10 000 | messages per call | longest call | "
				+ "while one leaves | while one is killed | messages per call then |");
		System.out.println("|---|---|---|---|---|---|---|");
		int[] sizes = (args.length > 0) ? Arrays.stream(args).mapToInt(Integer::parseInt).toArray()
				: new int[] { 3, 5, 10, 20, 50, 100 };
		for (int nodes : sizes) {
			Phase calm = runs(nodes, nodes, (cluster, node) -> {
			});
			Phase leaving = runs(nodes, nodes - 1, SimulatedCluster::leave);
			Phase killed = runs(nodes, nodes - 1, SimulatedCluster::kill);
			System.out.printf("| %d | %s | %.2f | %d ms | %d ms | %d ms | %.2f |%n", nodes, keysPerNode(nodes),
					calm.messages(), calm.longest(), leaving.longest(), killed.longest(), killed.messages());
		}
	}

	/** Messages are those of all runs, and the longest call is the longest of any. */
	private static Phase runs(int nodes, int callers, Disturbance disturbance) {
		double messages = 0;
		long longest = 0;
		for (int seed = 1; seed <= RUNS; seed++) {
			Phase run = new ClusterSimulation(seed, nodes, callers).run(disturbance);
			messages += run.messages() / RUNS;
			longest = Math.max(longest, run.longest());
		}
		return new Phase(messages, longest);
	}

	/** Partitions are spread evenly, and keys over them by their hash. */
	private static String keysPerNode(int nodes) {
		int[] keys = new int[nodes];
		for (int i = 0; i < KEYS; i++) {
			int hash = ("account[" + i + "]").hashCode() * 0x9E3779B9;
			keys[Math.floorMod(hash ^ (hash >>> 15), PARTITIONS) % nodes]++;
		}
		return "%d to %d".formatted(Arrays.stream(keys).min().orElseThrow(), Arrays.stream(keys).max().orElseThrow());
	}

	private Phase run(Disturbance disturbance) {
		for (int i = 0; i < CALLS; i++) {
			this.cluster.after(this.cluster.upTo(CALLING.toMillis()), this::call);
		}
		long before = this.cluster.messages;
		Node node = this.cluster.nodes.getLast();
		this.cluster.after(CALLING.dividedBy(2), () -> disturbance.apply(this.cluster, node));
		this.cluster.run(CALLING.plusSeconds(10));
		if (this.answered != this.number) {
			throw new IllegalStateException("%d of %d calls were answered with %d nodes".formatted(this.answered,
					this.number, this.cluster.nodes.size()));
		}
		return new Phase((double) (this.cluster.messages - before) / this.number, this.longest / 1_000_000);
	}

	private void call() {
		Node from = this.cluster.nodes.get(this.cluster.random.nextInt(this.callers));
		Envelope call = new Envelope("call-" + ++this.number, 1, SimulatedCluster.DURABLE,
				"k" + this.cluster.random.nextInt(KEYS), "add", "{}", Envelope.Mode.ANSWER, TIME, Map.of(), List.of());
		long start = this.cluster.now();
		from.cluster.call(call, true, (outcome) -> {
			if (outcome instanceof Outcome.Answered(Answer answer) && answer.kind() == Answer.Kind.RETURNED) {
				this.answered++;
			}
			this.longest = Math.max(this.longest, this.cluster.now() - start);
		});
	}

	/**
	 * What was measured.
	 *
	 * @param messages for each call
	 * @param longest milliseconds of the longest call
	 */
	private record Phase(double messages, long longest) {

	}

	@FunctionalInterface
	private interface Disturbance {

		void apply(SimulatedCluster cluster, Node node);

	}

}
