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
 * Actuator endpoint that shows current problems and a dump of everything that is alive:
 * green threads, handlers, pools and machines, and which of them wait for each other. The
 * dump is available as JSON, and as text if {@code text/plain} is requested.
 * <p>
 * The write operations resize a pool that controllers run in, interrupt a body, and stop
 * or restart a machine. Each of them is logged. They are available only if
 * {@code management.endpoint.greenroom.access=unrestricted} is set. Exposing the endpoint
 * does not enable them.
 */
@Endpoint(id = "greenroom", defaultAccess = Access.READ_ONLY)
public final class GreenroomEndpoint {

	/** The maximum number of failed machines, other than beans, that are shown. */
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
	 * Creates the endpoint.
	 * @param dumps takes the dumps
	 * @param scheduler the scheduler whose threads and handlers are shown
	 * @param handlers supplies the handlers that are beans, if there are any
	 * @param keyed supplies the handlers by key
	 * @param stateMachines supplies the machines, if there are any
	 * @param pools supplies the pools that can be resized, by name
	 * @param beanFactory the bean factory to search for machines
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
	 * Takes a dump of the first hundred entries of each kind.
	 * @param frames the number of lines of each thread's stack, or 0 for no stacks
	 * @return the dump
	 */
	public GreenroomDump dump(@Nullable Integer frames) {
		return take(frames, null, null, null, null, null);
	}

	/**
	 * Takes a dump.
	 * @param frames the number of lines of each thread's stack, up to 100, or 0 for no
	 * stacks
	 * @param limit the number of entries of each kind to show, up to 1000
	 * @param offset the number of entries of each kind to skip
	 * @param handler the name of the only handler to show
	 * @param machine the name of the only class of machines to show
	 * @param state the name of the only state to show
	 * @return the dump
	 * @throws InvalidEndpointRequestException if a number is out of bounds
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
	 * @param frames the number of lines of each thread's stack, up to 100, or 0 for no
	 * stacks
	 * @param limit the number of entries of each kind to show, up to 1000
	 * @param offset the number of entries of each kind to skip
	 * @param handler the name of the only handler to show
	 * @param machine the name of the only class of machines to show
	 * @param state the name of the only state to show
	 * @return the dump, or a response with status 400 that gives the bounds if a number
	 * is out of bounds
	 */
	@ReadOperation
	public @Nullable Object dump(@Nullable Integer frames, @Nullable Integer limit, @Nullable Integer offset,
			@Nullable String handler, @Nullable String machine, @Nullable String state) {
		return answer(() -> take(frames, limit, offset, handler, machine, state));
	}

	/**
	 * Takes a dump of the first hundred entries of each kind as text.
	 * @param frames the number of lines of each thread's stack, or 0 for no stacks
	 * @return the text of the dump
	 */
	public String text(@Nullable Integer frames) {
		return dump(frames).toString();
	}

	/**
	 * Collects everything except the individual threads and machines, which are only
	 * counted. This method is suitable for frequent updates.
	 * @param problems the maximum number of problems to show
	 * @return the overview
	 */
	public Overview overview(int problems) {
		Handlers beans = this.handlers.get();
		StateMachines machines = this.stateMachines.get();
		return this.dumps.look(this.scheduler, (beans != null) ? beans.all() : List.of(), this.keyed.get(),
				(machines != null) ? machines.types() : Set.of(), problems);
	}

	/**
	 * Takes a dump of the green threads only.
	 * @param frames the number of frames of each thread's stack
	 * @param most the maximum number of threads
	 * @return the threads as a tree
	 */
	public GreenThreadDump threads(int frames, int most) {
		return this.scheduler.dump(frames, most);
	}

	/**
	 * Returns the machines of a class that are in a state. This method iterates over all
	 * machines of the class.
	 * @param type the name of the class, with or without its package
	 * @param state the name of the state
	 * @return the machines, starting with those that have been in the state for the
	 * longest time, or {@code null} if there is no such class or state
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
	 * @param frames the number of lines of each thread's stack, up to 100, or 0 for no
	 * stacks
	 * @param limit the number of entries of each kind to show, up to 1000
	 * @param offset the number of entries of each kind to skip
	 * @param handler the name of the only handler to show
	 * @param machine the name of the only class of machines to show
	 * @param state the name of the only state to show
	 * @return the text of the dump, or a response with status 400 that gives the bounds
	 * if a number is out of bounds
	 */
	@ReadOperation(produces = "text/plain;charset=UTF-8")
	public @Nullable Object text(@Nullable Integer frames, @Nullable Integer limit, @Nullable Integer offset,
			@Nullable String handler, @Nullable String machine, @Nullable String state) {
		return answer(() -> take(frames, limit, offset, handler, machine, state).toString());
	}

	/**
	 * Takes a part of a dump: {@code problems}, {@code cluster}, {@code threads},
	 * {@code handlers}, {@code pools} or {@code machines}. The last three can be followed
	 * by a name, as in {@code handlers/stock}.
	 * <p>
	 * The paths {@code machines/Order/diagram}, {@code machines/Order/diagram.svg} and
	 * {@code machines/Order/diagram.mmd} draw the states of a class, with the number of
	 * machines in each state.
	 * @param path the path of the part
	 * @param frames the number of lines of each thread's stack, up to 100
	 * @param limit the number of entries to show, up to 1000
	 * @param offset the number of entries to skip
	 * @param state the name of the only state to show
	 * @return the part; {@code null}, which results in status 404, if there is no such
	 * part; or a response with status 400 that gives the bounds if a number is out of
	 * bounds
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
		// The query does not filter pools by name, and the requested one may be on
		// another page.
		boolean isPool = name != null && path[0].equals("pools");
		return DumpParts.pick(take(query.frames(), isPool ? DumpQuery.MOST : query.limit(), isPool ? 0 : query.offset(),
				path[0].equals("handlers") ? name : null, path[0].equals("machines") ? name : null, query.state()),
				path[0], name);
	}

	/**
	 * Puts the reason of a rejection in the body of the response. The error pages of
	 * Spring Boot do not show it, and they have no representation for requests that
	 * accept only text.
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
	 * Changes the number of slots of a pool until the application ends.
	 * @param who the security context of the request
	 * @param pool the name of the pool
	 * @param size the new size
	 * @return the numbers of the pool after the change
	 * @throws InvalidEndpointRequestException if there is no such pool of a fixed size,
	 * or if the size is less than 1
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
		OperatorLog.did(who, "resized pool '%s' from %s to %s".formatted(pool, before, size));
		return this.dumps.pools()
			.stream()
			.filter((seen) -> seen.name().equals(pool))
			.findFirst()
			.orElseGet(
					() -> new GreenroomDump.Pool(pool, found.size(), found.active(), found.queued(), Map.of(), null));
	}

	/**
	 * Performs an action on a handler or a machine. For {@code handlers/{name}}, the
	 * action {@code interrupt} interrupts the running body. For {@code machines/{type}},
	 * the action {@code stop} stops a machine, and {@code restart} starts a failed
	 * machine again.
	 * @param who the security context of the request
	 * @param part the part of the path for handlers or for machines
	 * @param name the name of the handler, or of the machine's class
	 * @param action the action
	 * @param thread the thread whose body to interrupt, if there are several
	 * @param machine the name of the machine
	 * @param state the state to restart the machine in, if not the initial one
	 * @return a description of what was done, or a response with status 400 that gives
	 * the reason if the target does not exist or the action is not possible
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
					"There is no such action; the actions are 'interrupt' for handlers, and 'stop' and 'restart' for machines");
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

	/**
	 * Returns the machines of existing beans, and failed machines. No bean is created for
	 * the dump.
	 */
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
	 * The result of an action.
	 *
	 * @param done a description of what was done
	 */
	public record Done(String done) {

	}

}
