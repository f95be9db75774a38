package io.greenroom.actuate.internal;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.HandlerSnapshot;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThreadDump;
import io.greenroom.keyed.internal.KeyedHandler;
import io.greenroom.keyed.internal.KeyedSnapshot;
import io.greenroom.observe.ClusterGauges;
import io.greenroom.observe.MachineListener;
import io.greenroom.observe.Observer;
import io.greenroom.observe.PoolGauges;
import io.greenroom.observe.PoolListener;
import io.greenroom.observe.ProblemReport;
import io.greenroom.observe.internal.Frames;
import org.jspecify.annotations.Nullable;

/**
 * Creates dumps. As an observer, it collects the parts of a dump that are not available
 * elsewhere, such as pools and the number of machines in each state. It keeps no pool and
 * no machine alive.
 */
public final class GreenroomDumps implements Observer {

	/** The number of keys of a handler that are shown in full. */
	private static final int BUSIEST = 50;

	/** The maximum number of frames that are read from a stack. */
	private static final int DEEPEST = 250;

	private final Collection<NamedPool> pools = new ConcurrentLinkedQueue<>();

	private final FailedMachines failed = new FailedMachines();

	private final CarrierReports carriers = new CarrierReports();

	/**
	 * By class and state. The size is bounded by the classes and states in the program.
	 */
	private final Map<StateKey, LongAdder> states = new ConcurrentHashMap<>();

	/** By class and both states. The size is bounded by the moves in the program. */
	private final Map<MoveKey, LongAdder> moves = new ConcurrentHashMap<>();

	/** The cluster, or {@code null} if this application is not a node of one. */
	private volatile @Nullable ClusterGauges cluster;

	private final boolean showsArguments;

	/** Creates an observer whose dumps do not show arguments. */
	public GreenroomDumps() {
		this(false);
	}

	/**
	 * Creates an observer.
	 * @param showsArguments whether a dump shows the arguments of calls
	 */
	public GreenroomDumps(boolean showsArguments) {
		this.showsArguments = showsArguments;
	}

	@Override
	public PoolListener pool(String pool, PoolGauges gauges) {
		this.pools.add(new NamedPool(pool, new WeakReference<>(gauges)));
		return PoolListener.NONE;
	}

	@Override
	public void reported(ProblemReport report) {
		this.carriers.add(report);
	}

	@Override
	public void cluster(ClusterGauges gauges) {
		this.cluster = gauges;
	}

	@Override
	public MachineListener machine(String machine) {
		return new MachineListener() {

			@Override
			public void moved(@Nullable String from, String to, Duration spent) {
				if (from != null) {
					adder(machine, from).decrement();
					GreenroomDumps.this.moves.computeIfAbsent(new MoveKey(machine, from, to), (key) -> new LongAdder())
						.increment();
				}
				adder(machine, to).increment();
			}

			@Override
			public void failed(String state, Throwable failure) {
				GreenroomDumps.this.failed.add(machine, state, failure);
			}

			@Override
			public void ended(String state, Duration spent) {
				adder(machine, state).decrement();
			}

			@Override
			public void forgotten(String state) {
				adder(machine, state).decrement();
			}

		};
	}

	private LongAdder adder(String machine, String state) {
		return this.states.computeIfAbsent(new StateKey(machine, state), (key) -> new LongAdder());
	}

	/** Returns the number of machines of a class that are in a state. */
	long count(String machine, String state) {
		return sum(this.states.get(new StateKey(machine, state)));
	}

	/** Returns how often machines of a class have made a move. */
	long moves(String machine, String from, String to) {
		return sum(this.moves.get(new MoveKey(machine, from, to)));
	}

	/**
	 * Returns the sum, but at least zero. While machines move on other threads, the sum
	 * can be negative.
	 */
	private static long sum(@Nullable LongAdder adder) {
		return (adder != null) ? Math.max(0, adder.sum()) : 0;
	}

	/**
	 * Takes a dump.
	 * @param scheduler the scheduler whose threads and handlers are shown
	 * @param handlers further handlers, which the scheduler does not know until they are
	 * called
	 * @param keyed the handlers by key
	 * @param machines the machines that are beans
	 * @param query how much to show
	 * @return the dump
	 */
	GreenroomDump take(GreenScheduler scheduler, Collection<Handler> handlers,
			Collection<? extends KeyedHandler<?, ?>> keyed, List<GreenroomDump.Machine> machines, DumpQuery query) {
		Overview seen = look(scheduler, handlers, keyed, List.of(), query.limit());
		GreenThreadDump threads = threads(scheduler, query);
		return new GreenroomDump(seen.problems(), seen.problemCounts(), scheduler.name(),
				new GreenroomDump.Counts(threads.alive(), seen.handlers().size(), seen.keyed().size(),
						seen.pools().size(), machines.size()),
				query.page(threads.threads()).stream().map((thread) -> entry(thread, query.frames())).toList(),
				query.page(seen.handlers().stream().filter((handler) -> query.wantsHandler(handler.name())).toList()),
				query.page(seen.keyed().stream().filter((handler) -> query.wantsHandler(handler.name())).toList()),
				query.page(seen.pools()), query.page(machines), query.page(states(query)),
				query.page(seen.failed()
					.stream()
					.filter((one) -> query.wantsMachine(one.machine()) && query.wantsState(one.state()))
					.toList()),
				seen.cluster());
	}

	/**
	 * Collects everything except the individual threads and machines, which are only
	 * counted.
	 * @param scheduler the scheduler whose threads and handlers are shown
	 * @param handlers further handlers, which the scheduler does not know until they are
	 * called
	 * @param keyed the handlers by key
	 * @param types the classes of machines to draw
	 * @param most the maximum number of problems to show
	 * @return the overview
	 */
	Overview look(GreenScheduler scheduler, Collection<Handler> handlers,
			Collection<? extends KeyedHandler<?, ?>> keyed, Collection<Class<?>> types, int most) {
		Problems problems = new Problems();
		List<HandlerSnapshot> seen = handlers(scheduler, handlers, problems);
		List<KeyedSnapshot> seenKeyed = keyed(keyed, problems);
		List<GreenroomDump.Pool> pools = pools();
		pools.forEach(problems::look);
		List<GreenroomDump.Failed> failed = this.failed.all();
		failed.forEach(problems::look);
		this.carriers.all().forEach(problems::look);
		ClusterGauges known = this.cluster;
		GreenroomDump.Cluster seenCluster = (known != null) ? GreenroomDump.Cluster.of(known) : null;
		problems.look(seenCluster);
		return new Overview(problems.worst(most), problems.counts(), scheduler.name(), scheduler.dump(0, 0).alive(),
				seen, seenKeyed, pools,
				types.stream()
					.sorted(Comparator.comparing(Class::getName))
					.map((type) -> MachineDiagram.of(type, this))
					.toList(),
				failed, seenCluster);
	}

	private List<HandlerSnapshot> handlers(GreenScheduler scheduler, Collection<Handler> handlers, Problems problems) {
		Set<Handler> all = new LinkedHashSet<>(handlers);
		scheduler.services().stream().filter(Handler.class::isInstance).map(Handler.class::cast).forEach(all::add);
		List<HandlerSnapshot> seen = new ArrayList<>();
		for (Handler handler : all) {
			HandlerSnapshot snapshot = handler.snapshot(this.showsArguments);
			problems.look(snapshot, handler::stack, handler.failure());
			seen.add(snapshot);
		}
		seen.sort(Comparator.comparing(HandlerSnapshot::name));
		return seen;
	}

	private List<KeyedSnapshot> keyed(Collection<? extends KeyedHandler<?, ?>> keyed, Problems problems) {
		List<KeyedSnapshot> seen = new ArrayList<>();
		for (KeyedHandler<?, ?> handler : keyed) {
			KeyedSnapshot snapshot = handler.snapshot(BUSIEST, this.showsArguments);
			problems.look(snapshot);
			snapshot.busiest()
				.forEach((member) -> problems.look(member,
						(thread) -> (thread != null) ? handler.stack(thread) : List.of(), null));
			seen.add(snapshot);
		}
		seen.sort(Comparator.comparing(KeyedSnapshot::name));
		return seen;
	}

	/** Takes only the stacks that are shown, with as many frames as folding may need. */
	private static GreenThreadDump threads(GreenScheduler scheduler, DumpQuery query) {
		int most = (int) Math.min(Integer.MAX_VALUE, (long) query.offset() + query.limit());
		return scheduler.dump((query.frames() > 0) ? DEEPEST : 0, most);
	}

	private static GreenroomDump.GreenThreadEntry entry(GreenThreadDump.Entry thread, int frames) {
		return new GreenroomDump.GreenThreadEntry(thread.depth(), thread.name(), lower(thread.state()),
				(thread.activity() != null) ? lower(thread.activity()) : null, thread.parent(),
				Frames.folded(thread.stack(), frames));
	}

	private static String lower(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
	}

	/** Returns the pools that still exist, sorted by name. */
	List<GreenroomDump.Pool> pools() {
		List<GreenroomDump.Pool> found = new ArrayList<>();
		for (Iterator<NamedPool> named = this.pools.iterator(); named.hasNext();) {
			NamedPool pool = named.next();
			PoolGauges gauges = pool.gauges.get();
			if (gauges == null) {
				named.remove();
			}
			else {
				found.add(new GreenroomDump.Pool(pool.name, gauges.size(), gauges.active(), gauges.queued(),
						gauges.rejected(), gauges.sinceRejected()));
			}
		}
		found.sort(Comparator.comparing(GreenroomDump.Pool::name));
		return found;
	}

	private List<GreenroomDump.StateCount> states(DumpQuery query) {
		return this.states.entrySet()
			.stream()
			.map((entry) -> new GreenroomDump.StateCount(entry.getKey().machine(), entry.getKey().state(),
					entry.getValue().sum()))
			.filter((state) -> state.count() > 0 && query.wantsMachine(state.machine())
					&& query.wantsState(state.state()))
			.sorted(Comparator.comparing(GreenroomDump.StateCount::machine)
				.thenComparing(GreenroomDump.StateCount::state))
			.toList();
	}

	private record NamedPool(String name, WeakReference<PoolGauges> gauges) {

	}

	private record StateKey(String machine, String state) {

	}

	private record MoveKey(String machine, String from, String to) {

	}

}
