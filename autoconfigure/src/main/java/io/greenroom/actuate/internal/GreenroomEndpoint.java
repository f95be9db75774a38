package io.greenroom.actuate.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.Handlers;
import io.greenroom.green.GreenPool;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenThreadDump;
import io.greenroom.keyed.internal.KeyedHandler;
import io.greenroom.observe.internal.Failures;
import io.greenroom.state.StateMachine;
import io.greenroom.state.StateMachines;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.util.MimeTypeUtils;

/**
 * What is wrong, and the dump of everything that is alive: green threads, handlers,
 * pools, machines, and who waits for whom. As JSON, and as text to those who ask for
 * {@code text/plain}. And the means to resize a pool that controllers run in, interrupt a
 * body, and stop or restart a machine, each of which is logged, where
 * {@code management.endpoint.greenroom.access=unrestricted} asks for it; exposing the
 * endpoint alone brings no write operation.
 */
@Endpoint(id = "greenroom", defaultAccess = Access.READ_ONLY)
public final class GreenroomEndpoint {

	/** So many failed machines that are no beans are shown at most. */
	private static final int FAILED = 1000;

	private final GreenroomDumps dumps;

	private final GreenScheduler scheduler;

	private final Supplier<@Nullable Handlers> handlers;

	private final Supplier<List<KeyedHandler<?, ?>>> keyed;

	private final Supplier<@Nullable StateMachines> stateMachines;

	private final Supplier<Map<String, GreenPool>> pools;

	private final ConfigurableListableBeanFactory beanFactory;

	private final OperatorActions actions;

	/**
	 * Makes the endpoint.
	 * @param dumps takes the dumps
	 * @param scheduler whose threads and handlers to show
	 * @param handlers gives the handlers that are beans, if there are any
	 * @param keyed gives the handlers by key
	 * @param stateMachines gives the machines, if there are any
	 * @param pools gives the pools that may be resized, by name
	 * @param beanFactory where the machines that are beans are looked for
	 */
	public GreenroomEndpoint(GreenroomDumps dumps, GreenScheduler scheduler, Supplier<@Nullable Handlers> handlers,
			Supplier<List<KeyedHandler<?, ?>>> keyed, Supplier<@Nullable StateMachines> stateMachines,
			Supplier<Map<String, GreenPool>> pools, ConfigurableListableBeanFactory beanFactory) {
		this.dumps = dumps;
		this.scheduler = scheduler;
		this.handlers = handlers;
		this.keyed = keyed;
		this.stateMachines = stateMachines;
		this.pools = pools;
		this.beanFactory = beanFactory;
		this.actions = new OperatorActions(this::allHandlers, stateMachines);
	}

	/**
	 * Takes a dump of the first hundred of each kind.
	 * @param frames how many lines of each thread's stack to take; 0 takes none
	 * @return the dump
	 */
	public GreenroomDump dump(@Nullable Integer frames) {
		return take(frames, null, null, null, null, null);
	}

	/**
	 * Takes a dump.
	 * @param frames how many lines of each thread's stack to take, up to 100; 0 takes
	 * none
	 * @param limit how many of each kind to show, up to 1000
	 * @param offset how many of each kind to leave out first
	 * @param handler the name of the only handler to show
	 * @param machine the name of the only class of machines to show
	 * @param state the name of the only state to show
	 * @return the dump
	 * @throws InvalidEndpointRequestException if a number is out of its bounds
	 */
	public GreenroomDump take(@Nullable Integer frames, @Nullable Integer limit, @Nullable Integer offset,
			@Nullable String handler, @Nullable String machine, @Nullable String state) {
		DumpQuery query = DumpQuery.of(frames, limit, offset, handler, machine, state);
		Handlers beans = this.handlers.get();
		return this.dumps.take(this.scheduler, (beans != null) ? beans.all() : List.of(), this.keyed.get(),
				machines(query), query);
	}

	/**
	 * Takes a dump, as {@link #take} does.
	 * @param frames how many lines of each thread's stack to take, up to 100; 0 takes
	 * none
	 * @param limit how many of each kind to show, up to 1000
	 * @param offset how many of each kind to leave out first
	 * @param handler the name of the only handler to show
	 * @param machine the name of the only class of machines to show
	 * @param state the name of the only state to show
	 * @return the dump; if a number is out of its bounds, an answer 400 that says them
	 */
	@ReadOperation
	public @Nullable Object dump(@Nullable Integer frames, @Nullable Integer limit, @Nullable Integer offset,
			@Nullable String handler, @Nullable String machine, @Nullable String state) {
		return answer(() -> take(frames, limit, offset, handler, machine, state));
	}

	/**
	 * Takes a dump of the first hundred of each kind as text.
	 * @param frames how many lines of each thread's stack to take; 0 takes none
	 * @return the dump in words
	 */
	public String text(@Nullable Integer frames) {
		return dump(frames).toString();
	}

	/**
	 * Looks at everything but single threads and machines, which are only counted; for
	 * those who look again and again.
	 * @param problems the greatest number of problems to show
	 * @return what was seen
	 */
	public Overview overview(int problems) {
		Handlers beans = this.handlers.get();
		StateMachines machines = this.stateMachines.get();
		return this.dumps.look(this.scheduler, (beans != null) ? beans.all() : List.of(), this.keyed.get(),
				(machines != null) ? machines.types() : Set.of(), problems);
	}

	/**
	 * Takes a dump of the green threads alone.
	 * @param frames how many frames of each thread's stack to take
	 * @param most the greatest number of threads
	 * @return the threads as a tree
	 */
	public GreenThreadDump threads(int frames, int most) {
		return this.scheduler.dump(frames, most);
	}

	/**
	 * Returns the machines of a class that are in a state. Takes a walk over all of them.
	 * @param type the name of the class, with or without its package
	 * @param state the state's name
	 * @return the machines, those that have been there longest first; {@code null} if
	 * there is no such class or state
	 */
	public @Nullable List<GreenroomDump.Machine> machines(String type, String state) {
		StateMachines all = this.stateMachines.get();
		Class<?> found = DumpParts.type(all, type);
		if (all == null || found == null || !all.counts(found).containsKey(state)) {
			return null;
		}
		return all.allIn(found, state)
			.stream()
			.map((machine) -> entry(null, machine))
			.sorted(Comparator.comparing(GreenroomDump.Machine::since, Comparator.nullsLast(Comparator.naturalOrder()))
				.thenComparing(GreenroomDump.Machine::machine))
			.toList();
	}

	/**
	 * Takes a dump as text.
	 * @param frames how many lines of each thread's stack to take, up to 100; 0 takes
	 * none
	 * @param limit how many of each kind to show, up to 1000
	 * @param offset how many of each kind to leave out first
	 * @param handler the name of the only handler to show
	 * @param machine the name of the only class of machines to show
	 * @param state the name of the only state to show
	 * @return the dump in words; if a number is out of its bounds, an answer 400 that
	 * says them
	 */
	@ReadOperation(produces = "text/plain;charset=UTF-8")
	public @Nullable Object text(@Nullable Integer frames, @Nullable Integer limit, @Nullable Integer offset,
			@Nullable String handler, @Nullable String machine, @Nullable String state) {
		return answer(() -> take(frames, limit, offset, handler, machine, state).toString());
	}

	/**
	 * Takes a part of a dump: {@code problems}, {@code cluster}, {@code threads},
	 * {@code handlers}, {@code pools} or {@code machines}, and of the last three the one
	 * of a name, as in {@code handlers/stock}. Or draws the states of a class, with how
	 * many machines are in each: {@code machines/Order/diagram},
	 * {@code machines/Order/diagram.svg} and {@code machines/Order/diagram.mmd}.
	 * @param path which part
	 * @param frames how many lines of each thread's stack to take, up to 100
	 * @param limit how many to show, up to 1000
	 * @param offset how many to leave out first
	 * @param state the name of the only state to show
	 * @return the part; {@code null}, which is answered by 404, if there is none; if a
	 * number is out of its bounds, an answer 400 that says them
	 */
	@ReadOperation(
			produces = { DumpParts.JSON_V3, DumpParts.JSON_V2, DumpParts.JSON, DumpParts.SVG, DumpParts.MERMAID })
	public @Nullable Object part(@Selector(match = Selector.Match.ALL_REMAINING) String[] path,
			@Nullable Integer frames, @Nullable Integer limit, @Nullable Integer offset, @Nullable String state) {
		return answer(() -> pick(path, DumpQuery.of(frames, limit, offset, null, null, state)));
	}

	private @Nullable Object pick(String[] path, DumpQuery query) {
		if (path.length == 3 && path[0].equals("machines")) {
			return DumpParts.diagram(this.stateMachines.get(), this.dumps, path[1], path[2]);
		}
		if (path.length == 0 || path.length > 2) {
			return null;
		}
		String name = (path.length == 2) ? path[1] : null;
		// The pools of a dump are not filtered by name, and a page may lack the one.
		boolean isPool = name != null && path[0].equals("pools");
		return DumpParts.pick(take(query.frames(), isPool ? DumpQuery.MOST : query.limit(), isPool ? 0 : query.offset(),
				path[0].equals("handlers") ? name : null, path[0].equals("machines") ? name : null, query.state()),
				path[0], name);
	}

	/**
	 * Says the reason of a rejection in the body of its answer: error pages of Spring
	 * Boot keep it to themselves, and have no answer for those who ask for text.
	 */
	private static @Nullable Object answer(Supplier<@Nullable Object> asked) {
		try {
			return asked.get();
		}
		catch (InvalidEndpointRequestException wrong) {
			return new WebEndpointResponse<>(wrong.getReason(), WebEndpointResponse.STATUS_BAD_REQUEST,
					MimeTypeUtils.TEXT_PLAIN);
		}
	}

	/**
	 * Changes how many controllers may be at work in a pool, until the application ends.
	 * @param who knows who asks
	 * @param pool the pool's name
	 * @param size the new size
	 * @return the pool's numbers afterwards
	 * @throws InvalidEndpointRequestException if there is no such pool of a fixed size,
	 * or the size is less than 1
	 */
	@WriteOperation
	public GreenroomDump.Pool resize(SecurityContext who, @Selector String pool, int size) {
		Map<String, GreenPool> known = this.pools.get();
		GreenPool found = known.get(pool);
		if (found == null) {
			throw rejection("Pool '%s' can't be resized; the pools of a fixed size that controllers run in are %s"
				.formatted(pool, new TreeSet<>(known.keySet())));
		}
		int before = found.size();
		try {
			found.resize(size);
		}
		catch (IllegalArgumentException wrong) {
			throw rejection(String.valueOf(wrong.getMessage()));
		}
		OperatorLog.did(who, "resized pool '%s' from %d to %d".formatted(pool, before, size));
		return this.dumps.pools()
			.stream()
			.filter((seen) -> seen.name().equals(pool))
			.findFirst()
			.orElseGet(
					() -> new GreenroomDump.Pool(pool, found.size(), found.active(), found.queued(), Map.of(), null));
	}

	/**
	 * Does something to a handler or a machine: {@code interrupt} at
	 * {@code handlers/{name}} interrupts the body that runs; {@code stop} and
	 * {@code restart} at {@code machines/{type}} stop a machine, and start one again that
	 * has failed.
	 * @param who knows who asks
	 * @param part whether a handler or a machine is meant, as the path has it
	 * @param name the name of the handler, or of the machine's class
	 * @param action what to do
	 * @param thread the thread whose body to interrupt, if there are several
	 * @param machine the name of the machine
	 * @param state the state to restart it in, if not the initial one
	 * @return what was done; if that is not there, or can't be done, an answer 400 that
	 * says why
	 */
	@WriteOperation
	public @Nullable Object act(SecurityContext who, @Selector String part, @Selector String name, String action,
			@Nullable String thread, @Nullable String machine, @Nullable String state) {
		return answer(() -> done(who, part, name, action, thread, machine, state));
	}

	private Done done(SecurityContext who, String part, String name, String action, @Nullable String thread,
			@Nullable String machine, @Nullable String state) {
		String done = switch (part + " " + action) {
			case "handlers interrupt" -> this.actions.interrupt(name, thread);
			case "machines stop" -> this.actions.stop(name, machine);
			case "machines restart" -> this.actions.restart(name, machine, state);
			default -> throw rejection(
					"There is no such action; handlers can be asked to 'interrupt', machines to 'stop' and 'restart'");
		};
		OperatorLog.did(who, done);
		return new Done(done);
	}

	private List<Handler> allHandlers() {
		Handlers beans = this.handlers.get();
		Set<Handler> all = new LinkedHashSet<>((beans != null) ? beans.all() : List.of());
		this.scheduler.services().stream().filter(Handler.class::isInstance).map(Handler.class::cast).forEach(all::add);
		this.keyed.get().forEach((family) -> all.addAll(family.awake()));
		return List.copyOf(all);
	}

	private static InvalidEndpointRequestException rejection(String reason) {
		return new InvalidEndpointRequestException(reason, reason);
	}

	/** Machines of beans that are there, none is made for the dump; and failed ones. */
	private List<GreenroomDump.Machine> machines(DumpQuery query) {
		StateMachines all = this.stateMachines.get();
		List<GreenroomDump.Machine> found = new ArrayList<>();
		Set<StateMachine> beans = new HashSet<>();
		for (String name : (all != null) ? this.beanFactory.getBeanDefinitionNames() : new String[0]) {
			Object bean = this.beanFactory.containsSingleton(name) ? this.beanFactory.getSingleton(name) : null;
			if (all != null && bean != null && StateMachines.isStateful(bean)) {
				StateMachine machine = all.of(bean);
				beans.add(machine);
				found.add(entry(name, machine));
			}
		}
		if (all != null) {
			all.failed()
				.stream()
				.filter((machine) -> !beans.contains(machine))
				.limit(FAILED)
				.map((machine) -> entry(null, machine))
				.sorted(Comparator.comparing(GreenroomDump.Machine::machine))
				.forEach(found::add);
		}
		found.removeIf((machine) -> !query.wantsState(machine.state()));
		return found;
	}

	private static GreenroomDump.Machine entry(@Nullable String bean, StateMachine machine) {
		Throwable failure = machine.exception();
		return new GreenroomDump.Machine(bean, machine.name(), machine.status().name().toLowerCase(Locale.ROOT),
				machine.current(), machine.since(), (failure != null) ? Failures.describe(failure) : null);
	}

	/**
	 * What was done.
	 *
	 * @param done in words
	 */
	public record Done(String done) {

	}

}
