package io.greenroom.actuate.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.greenroom.deferred.internal.HandlerSnapshot;
import io.greenroom.keyed.internal.KeyedSnapshot;
import io.greenroom.observe.ClusterGauges;
import org.jspecify.annotations.Nullable;

/**
 * The current problems, followed by an inventory of everything that can be seen without
 * stopping it. Everything is counted, and one page of each kind is shown.
 * {@link #toString()} writes the dump as text.
 *
 * @param problems the problems: the worst of each kind first, then the others
 * @param problemCounts the number of problems of each kind
 * @param scheduler the name of the scheduler
 * @param counts the total numbers of the entries that the lists show in part
 * @param threads the scheduler's green threads as a tree, each followed by its children
 * @param handlers the handlers, with their waiting and running calls and what they wait
 * for
 * @param keyed the handlers by key, with the number of their keys and the busiest of them
 * @param pools the pools
 * @param machines the machines that are beans, and all machines that have failed
 * @param states the number of machines in each state, whether or not they are beans
 * @param failed the number of machines that have failed in each state since the start,
 * with the last failure
 * @param cluster the cluster as this node sees it, or {@code null} if there is no cluster
 */
public record GreenroomDump(List<Problem> problems, Map<Kind, Integer> problemCounts, String scheduler, Counts counts,
		List<GreenThreadEntry> threads, List<HandlerSnapshot> handlers, List<KeyedSnapshot> keyed, List<Pool> pools,
		List<Machine> machines, List<StateCount> states, List<Failed> failed, @Nullable Cluster cluster) {

	/** Copies the given lists. */
	public GreenroomDump {
		problems = List.copyOf(problems);
		problemCounts = Collections.unmodifiableMap(new TreeMap<>(problemCounts));
		threads = List.copyOf(threads);
		handlers = List.copyOf(handlers);
		keyed = List.copyOf(keyed);
		pools = List.copyOf(pools);
		machines = List.copyOf(machines);
		states = List.copyOf(states);
		failed = List.copyOf(failed);
	}

	/** The kinds of problems. */
	public enum Kind {

		/**
		 * Within the last hour, no virtual thread could start for longer than a limit.
		 */
		HELD_CARRIERS,

		/** The body of a handler has run for more than a second. */
		STUCK_BODY,

		/** The loop of a handler has not let a call in for more than a second. */
		BLOCKED_LOOP,

		/** The loop of a handler has failed and is not restarted. */
		DEAD_HANDLER,

		/** Machines have failed within the last hour. */
		FAILED_MACHINE,

		/**
		 * A pool has rejected a request within the last minute, or requests wait in line.
		 */
		FULL_POOL,

		/**
		 * Within the last hour, a virtual thread has kept its carrier while it waited.
		 */
		PINNED_CARRIER,

		/**
		 * Within the last hour, a circle of waits was found, and a call was failed to
		 * break it.
		 */
		WAIT_CIRCLE,

		/** A call has waited in a mailbox for more than a second. */
		OLDEST_CALL,

		/** Stored keys do not continue by themselves. */
		STRANDED_KEYS,

		/** This node sees too few nodes to work. */
		NO_QUORUM

	}

	/**
	 * A problem.
	 *
	 * @param kind the kind of problem
	 * @param subject the name of the handler, the pool or the class of machines
	 * @param message a description of the problem
	 * @param since how long the problem has lasted, or how long ago it occurred, or
	 * {@code null} if unknown
	 * @param at the innermost frame of the application's own code, or {@code null} if
	 * there is no stack
	 * @param stack the stack, with the frames of the JDK, Spring and Greenroom folded
	 */
	public record Problem(Kind kind, String subject, String message, @Nullable Duration since, @Nullable String at,
			List<String> stack) {

		/** Copies the given list. */
		public Problem {
			stack = List.copyOf(stack);
		}

	}

	/**
	 * The total numbers of entries.
	 *
	 * @param threads the number of green threads
	 * @param handlers the number of handlers
	 * @param keyed the number of handlers by key
	 * @param pools the number of pools
	 * @param machines the number of machines that are beans or have failed
	 */
	public record Counts(int threads, int handlers, int keyed, int pools, int machines) {

	}

	/**
	 * A green thread.
	 *
	 * @param depth the number of its ancestors that are alive
	 * @param name the name of the thread
	 * @param state the state in the thread's life cycle
	 * @param activity what its virtual thread does, or {@code null} if it has not started
	 * @param parent the name of the parent, or {@code null} for a root
	 * @param stack the innermost frames, up to the requested number
	 */
	public record GreenThreadEntry(int depth, String name, String state, @Nullable String activity,
			@Nullable String parent, List<String> stack) {

		/** Copies the given list. */
		public GreenThreadEntry {
			stack = List.copyOf(stack);
		}

	}

	/**
	 * A pool.
	 *
	 * @param name the name of the pool
	 * @param size the number of slots
	 * @param active the number of slots that are taken
	 * @param queued the number of requests that wait in line
	 * @param rejected the number of rejected requests since the pool was created, by
	 * reason
	 * @param sinceRejected the time since the last rejection, or {@code null} if there
	 * was none
	 */
	public record Pool(String name, int size, int active, int queued, Map<String, Long> rejected,
			@Nullable Duration sinceRejected) {

		/** Copies the given map. */
		public Pool {
			rejected = Collections.unmodifiableMap(new TreeMap<>(rejected));
		}

		String inWords() {
			String numbers = "%s of %s at work, %s in line".formatted(this.active, this.size, this.queued);
			return (this.sinceRejected == null) ? numbers : "%s, rejected %s, the last %s ago".formatted(numbers,
					this.rejected, Problems.round(this.sinceRejected));
		}

	}

	/**
	 * A machine.
	 *
	 * @param bean the name of the bean, or {@code null} for a failed machine that is not
	 * a singleton bean
	 * @param machine the name of the machine
	 * @param status the status in the machine's life cycle
	 * @param state the current state, or {@code null} if the machine is in none
	 * @param since the time since which this has been so
	 * @param failure the class and message of the failure, or {@code null} if the machine
	 * has not failed
	 */
	public record Machine(@Nullable String bean, String machine, String status, @Nullable String state,
			@Nullable Instant since, @Nullable String failure) {

	}

	/**
	 * The machines of one class that have failed in one state.
	 *
	 * @param machine the name of the machines' class
	 * @param state the state
	 * @param count the number of machines that have failed in it since the start
	 * @param failure the class and message of the last failure
	 * @param at the innermost frame of the application's own code in that failure, or
	 * {@code null} if it has no stack
	 * @param last the time of the last failure
	 */
	public record Failed(String machine, String state, long count, String failure, @Nullable String at, Instant last) {

		Failed after(Failed before) {
			return new Failed(this.machine, this.state, before.count + 1, this.failure, this.at, this.last);
		}

		String inWords() {
			return "%s failed in %s, the last with %s".formatted(this.count, this.state, this.failure);
		}

	}

	/**
	 * The cluster as this node sees it.
	 *
	 * @param nodes the number of visible nodes, including this one
	 * @param quorum the number of nodes that must be visible for a node to work
	 * @param share the share of all keys that this node owns, from 0 to 1
	 * @param waiting the number of this node's calls that wait for another node
	 * @param serving the number of calls from other nodes that run or wait in mailboxes
	 * here
	 * @param events the events since the start and how often each has occurred
	 */
	public record Cluster(int nodes, int quorum, double share, int waiting, long serving, Map<String, Long> events) {

		/** Copies the given map. */
		public Cluster {
			events = Collections.unmodifiableMap(new TreeMap<>(events));
		}

		static Cluster of(ClusterGauges gauges) {
			return new Cluster(gauges.nodes(), gauges.quorum(), gauges.share(), gauges.waiting(), gauges.serving(),
					gauges.counts());
		}

		String inWords() {
			return "%s nodes, quorum %s, %s %% of the keys here, %s calls wait for other nodes, %s of theirs are here, %s"
				.formatted(this.nodes, this.quorum, Math.round(100 * this.share), this.waiting, this.serving,
						this.events);
		}

	}

	/**
	 * The machines of one class that are in one state.
	 *
	 * @param machine the name of the machines' class
	 * @param state the state
	 * @param count the number of machines in the state
	 */
	public record StateCount(String machine, String state, long count) {

	}

	@Override
	public String toString() {
		return new DumpText(this).write();
	}

}
