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
 * What is wrong, and then what there is, as far as it can be seen without stopping it. Of
 * each kind a page is shown, and counted are all. {@link #toString()} writes it as text.
 *
 * @param problems what is wrong: the worst of each kind first, then the others
 * @param problemCounts how many problems of each kind there are
 * @param scheduler the scheduler's name
 * @param counts how many there are of what the lists show some of
 * @param threads its green threads as a tree, each followed by its children
 * @param handlers the handlers, with the calls that wait and run, and what they wait for
 * @param keyed the handlers by key: how many keys are there, and the busiest of them
 * @param pools the pools
 * @param machines the machines that are beans, and those that have failed, beans or not
 * @param states how many machines are in each state, beans or not
 * @param failed how many machines have failed in each state since the start, and what the
 * last of them failed with
 * @param cluster what this node knows of the cluster it is in; {@code null} without one
 */
public record GreenroomDump(List<Problem> problems, Map<Kind, Integer> problemCounts, String scheduler, Counts counts,
		List<GreenThreadEntry> threads, List<HandlerSnapshot> handlers, List<KeyedSnapshot> keyed, List<Pool> pools,
		List<Machine> machines, List<StateCount> states, List<Failed> failed, @Nullable Cluster cluster) {

	/** Copies the lists. */
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

	/** What may be wrong. */
	public enum Kind {

		/**
		 * Within the last hour, no virtual thread could start for longer than a limit.
		 */
		HELD_CARRIERS,

		/** A body of a handler has run for more than a second. */
		STUCK_BODY,

		/** The loop of a handler has let nothing in for more than a second. */
		BLOCKED_LOOP,

		/** The loop of a handler has failed and was given up. */
		DEAD_HANDLER,

		/** Machines have failed within the last hour. */
		FAILED_MACHINE,

		/** A pool has rejected somebody within the last minute, or has a line. */
		FULL_POOL,

		/**
		 * Within the last hour, a virtual thread has kept its carrier while it waited.
		 */
		PINNED_CARRIER,

		/** A circle of waits was found within the last hour, and a call failed for it. */
		WAIT_CIRCLE,

		/** A call has waited in a mailbox for more than a second. */
		OLDEST_CALL,

		/** Stored keys don't go on by themselves. */
		STRANDED_KEYS,

		/** Too few nodes are there for this one to work. */
		NO_QUORUM

	}

	/**
	 * Something that is wrong.
	 *
	 * @param kind what kind of thing
	 * @param subject the name of the handler, pool or class of machines
	 * @param message what is wrong with it, in words
	 * @param since for how long, or how long ago; {@code null} if there is no such time
	 * @param at the innermost frame of the application's own code; {@code null} if there
	 * is no stack
	 * @param stack the stack, with frames of the JDK, Spring and Greenroom folded
	 */
	public record Problem(Kind kind, String subject, String message, @Nullable Duration since, @Nullable String at,
			List<String> stack) {

		/** Copies the list. */
		public Problem {
			stack = List.copyOf(stack);
		}

	}

	/**
	 * How many there are.
	 *
	 * @param threads green threads
	 * @param handlers handlers
	 * @param keyed handlers by key
	 * @param pools pools
	 * @param machines machines that are beans, and those that have failed, beans or not
	 */
	public record Counts(int threads, int handlers, int keyed, int pools, int machines) {

	}

	/**
	 * A green thread.
	 *
	 * @param depth how many of its ancestors are alive
	 * @param name the thread's name
	 * @param state how far its life has come
	 * @param activity what its virtual thread does; {@code null} before its start
	 * @param parent the parent's name; {@code null} for a root
	 * @param stack the innermost frames, as many as were asked for
	 */
	public record GreenThreadEntry(int depth, String name, String state, @Nullable String activity,
			@Nullable String parent, List<String> stack) {

		/** Copies the list. */
		public GreenThreadEntry {
			stack = List.copyOf(stack);
		}

	}

	/**
	 * A pool.
	 *
	 * @param name the pool's name
	 * @param size how many may be at work at once
	 * @param active how many are
	 * @param queued how many wait in line
	 * @param rejected how many were rejected, by reason, since the pool was made
	 * @param sinceRejected how long ago the last of them was; {@code null} if none was
	 */
	public record Pool(String name, int size, int active, int queued, Map<String, Long> rejected,
			@Nullable Duration sinceRejected) {

		/** Copies the map. */
		public Pool {
			rejected = Collections.unmodifiableMap(new TreeMap<>(rejected));
		}

		String inWords() {
			String numbers = "%d of %d at work, %d in line".formatted(this.active, this.size, this.queued);
			return (this.sinceRejected == null) ? numbers : "%s, rejected %s, the last %s ago".formatted(numbers,
					this.rejected, Problems.round(this.sinceRejected));
		}

	}

	/**
	 * A machine.
	 *
	 * @param bean the bean's name; {@code null} for one that is here because it has
	 * failed, and is no singleton
	 * @param machine the machine's name
	 * @param status how far its life has come
	 * @param state the state it is in; {@code null} if in none
	 * @param since since when
	 * @param failure class and message of what it failed with; {@code null} unless it has
	 */
	public record Machine(@Nullable String bean, String machine, String status, @Nullable String state,
			@Nullable Instant since, @Nullable String failure) {

	}

	/**
	 * The machines of one class that have failed in one state.
	 *
	 * @param machine the name of the machines' class
	 * @param state the state
	 * @param count how many have failed in it since the start
	 * @param failure class and message of what the last failed with
	 * @param at the innermost frame of the application's own code in that; {@code null}
	 * if it has no stack
	 * @param last when the last failed
	 */
	public record Failed(String machine, String state, long count, String failure, @Nullable String at, Instant last) {

		Failed after(Failed before) {
			return new Failed(this.machine, this.state, before.count + 1, this.failure, this.at, this.last);
		}

		String inWords() {
			return "%d failed in %s, the last with %s".formatted(this.count, this.state, this.failure);
		}

	}

	/**
	 * What this node knows of its cluster.
	 *
	 * @param nodes how many nodes it sees, with itself
	 * @param quorum how many there must be for any to work
	 * @param share how much of all keys it owns, from 0 to 1
	 * @param waiting how many of its calls wait for another node
	 * @param serving how many calls of other nodes run here, or wait in mailboxes
	 * @param events what has happened since the start, and how often
	 */
	public record Cluster(int nodes, int quorum, double share, int waiting, long serving, Map<String, Long> events) {

		/** Copies the map. */
		public Cluster {
			events = Collections.unmodifiableMap(new TreeMap<>(events));
		}

		static Cluster of(ClusterGauges gauges) {
			return new Cluster(gauges.nodes(), gauges.quorum(), gauges.share(), gauges.waiting(), gauges.serving(),
					gauges.counts());
		}

		String inWords() {
			return "%d nodes, quorum %d, %d %% of the keys here, %d calls wait for other nodes, %d of theirs are here, %s"
				.formatted(this.nodes, this.quorum, Math.round(100 * this.share), this.waiting, this.serving,
						this.events);
		}

	}

	/**
	 * The machines of one class that are in one state.
	 *
	 * @param machine the name of the machines' class
	 * @param state the state
	 * @param count how many are in it
	 */
	public record StateCount(String machine, String state, long count) {

	}

	@Override
	public String toString() {
		return new DumpText(this).write();
	}

}
