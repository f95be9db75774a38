package io.greenroom.actuate;

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
import io.greenroom.observe.MachineListener;
import io.greenroom.observe.Observer;
import io.greenroom.observe.PoolGauges;
import io.greenroom.observe.PoolListener;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what a dump shows and nobody else keeps: hears of pools and machines as an
 * observer, and keeps none of them alive.
 */
public final class GreenroomDumps implements Observer {

	/** How many keys of a handler are shown in full. */
	private static final int BUSIEST = 50;

	private final Collection<NamedPool> pools = new ConcurrentLinkedQueue<>();

	/** By class and state; of both there are as many as the program has. */
	private final Map<StateKey, LongAdder> states = new ConcurrentHashMap<>();

	/** Makes an observer that has heard nothing. */
	public GreenroomDumps() {
	}

	@Override
	public PoolListener pool(String pool, PoolGauges gauges) {
		this.pools.add(new NamedPool(pool, new WeakReference<>(gauges)));
		return PoolListener.NONE;
	}

	@Override
	public MachineListener machine(String machine) {
		return new MachineListener() {

			@Override
			public void moved(@Nullable String from, String to, Duration spent) {
				if (from != null) {
					count(machine, from).decrement();
				}
				count(machine, to).increment();
			}

			@Override
			public void ended(String state, Duration spent) {
				count(machine, state).decrement();
			}

			@Override
			public void forgotten(String state) {
				count(machine, state).decrement();
			}

		};
	}

	private LongAdder count(String machine, String state) {
		return this.states.computeIfAbsent(new StateKey(machine, state), (key) -> new LongAdder());
	}

	/**
	 * Takes a dump.
	 * @param scheduler whose threads and handlers to show
	 * @param handlers handlers that the scheduler need not know, as nobody has called
	 * them yet
	 * @param keyed the handlers by key
	 * @param machines the machines that are beans
	 * @param frames how many frames of each thread's stack to take; 0 takes none
	 * @return the dump
	 */
	GreenroomDump take(GreenScheduler scheduler, Collection<Handler> handlers,
			Collection<? extends KeyedHandler<?, ?>> keyed, List<GreenroomDump.Machine> machines, int frames) {
		Set<Handler> all = new LinkedHashSet<>(handlers);
		scheduler.services().stream().filter(Handler.class::isInstance).map(Handler.class::cast).forEach(all::add);
		return new GreenroomDump(scheduler.name(),
				scheduler.dump(frames).threads().stream().map(GreenroomDumps::entry).toList(),
				all.stream().map(Handler::snapshot).sorted(Comparator.comparing(HandlerSnapshot::name)).toList(),
				keyed.stream()
					.map((handler) -> handler.snapshot(BUSIEST))
					.sorted(Comparator.comparing(KeyedSnapshot::name))
					.toList(),
				pools(), machines, states());
	}

	private static GreenroomDump.GreenThreadEntry entry(GreenThreadDump.Entry thread) {
		return new GreenroomDump.GreenThreadEntry(thread.depth(), thread.name(), lower(thread.state()),
				(thread.activity() != null) ? lower(thread.activity()) : null, thread.parent(),
				thread.stack().stream().map(StackTraceElement::toString).toList());
	}

	private static String lower(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
	}

	private List<GreenroomDump.Pool> pools() {
		List<GreenroomDump.Pool> found = new ArrayList<>();
		for (Iterator<NamedPool> named = this.pools.iterator(); named.hasNext();) {
			NamedPool pool = named.next();
			PoolGauges gauges = pool.gauges.get();
			if (gauges == null) {
				named.remove();
			}
			else {
				found.add(new GreenroomDump.Pool(pool.name, gauges.size(), gauges.active(), gauges.queued()));
			}
		}
		found.sort(Comparator.comparing(GreenroomDump.Pool::name));
		return found;
	}

	private List<GreenroomDump.StateCount> states() {
		return this.states.entrySet()
			.stream()
			.map((entry) -> new GreenroomDump.StateCount(entry.getKey().machine(), entry.getKey().state(),
					entry.getValue().sum()))
			.filter((state) -> state.count() > 0)
			.sorted(Comparator.comparing(GreenroomDump.StateCount::machine)
				.thenComparing(GreenroomDump.StateCount::state))
			.toList();
	}

	private record NamedPool(String name, WeakReference<PoolGauges> gauges) {

	}

	private record StateKey(String machine, String state) {

	}

}
