package io.greenroom.state;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.greenroom.green.GreenScheduler;
import io.greenroom.green.GreenService;
import io.greenroom.green.GreenThread;
import io.greenroom.green.internal.SchedulerAccess;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.ForeignCode;
import io.greenroom.observe.internal.StackRoom;
import io.greenroom.state.internal.MachineAccess;
import io.greenroom.state.internal.StateCalls;
import io.greenroom.state.internal.StateObject;
import io.greenroom.state.internal.StateSlot;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Creates objects whose methods are {@linkplain State states}, and provides the
 * {@linkplain StateMachine machine} of each. In a Spring Boot application it is a bean;
 * without Spring, {@link #builder(GreenScheduler)} creates one. Thread-safe.
 * <p>
 * A machine is kept alive only by its object and by its running body. A machine that
 * rests and is no longer referenced is collected, even if it waits for a timeout. When
 * the scheduler drains, machines accept no more moves from outside, and their timeouts no
 * longer fire. Running bodies may go on, and move, until the drain's time is over.
 */
public final class StateMachines implements AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(StateMachine.class);

	private final GreenScheduler scheduler;

	private final MachineEngine engine;

	private final StateInstantiator instantiator;

	private final UnaryOperator<Object> unwrapper;

	private final @Nullable StateBoundary boundary;

	/** How often to look for collected machines. */
	private static final Duration LOOK = Duration.ofSeconds(1);

	private final Map<Class<?>, MachineType> types = new ConcurrentHashMap<>();

	private final GreenService service = new Service();

	static {
		MachineAccess.set(new MachinePlaces());
	}

	private StateMachines(Builder builder) {
		this.scheduler = builder.scheduler;
		this.instantiator = builder.instantiator;
		this.unwrapper = builder.unwrapper;
		this.boundary = builder.boundary;
		this.engine = new MachineEngine(new MachineServices(builder.scheduler, builder.stopTimeout, builder.historySize,
				builder.clock, builder.boundary, new StateListeners(builder.listeners)));
		builder.scheduler.attach(this.service);
	}

	/**
	 * Returns a builder with the defaults.
	 * @param scheduler runs the bodies
	 * @return a new builder
	 */
	public static Builder builder(GreenScheduler scheduler) {
		return new Builder(Objects.requireNonNull(scheduler, "scheduler"));
	}

	/**
	 * Creates an object with a machine. States called by the constructor start when the
	 * object is complete.
	 * @param type the class with the states
	 * @param args the constructor's arguments; in a Spring application, beans among them
	 * may be omitted
	 * @return the object, an instance of an enhanced subclass
	 * @param <T> the type of the object
	 * @throws InvalidStatesException if the states are declared incorrectly
	 * @throws IllegalArgumentException if the class has no states, or no constructor
	 * takes the arguments
	 */
	public <T> T create(Class<T> type, @Nullable Object... args) {
		StackRoom.check();
		Objects.requireNonNull(type, "type");
		Objects.requireNonNull(args, "args");
		T object = type.cast(this.instantiator.instantiate(StateClass.of(type).enhanced(), args));
		bind(object, null);
		return object;
	}

	/** Creates an object in a state, whatever its constructor calls; for tests. */
	<T> T createIn(String state, Class<T> type, @Nullable Object[] args) {
		T object = type.cast(this.instantiator.instantiate(StateClass.of(type).enhanced(), args));
		if (object instanceof StateObject stateful) {
			stateful.greenroom$slot().forget();
		}
		own(bind(object, null)).put(state, new Object[0], false);
		return object;
	}

	/**
	 * Returns the machine of an object. A copy of an object, such as a clone or a spy,
	 * has a machine of its own, which has not started. A deserialized object has none
	 * until it is {@linkplain #bind bound}.
	 * @param object an object with states, or a proxy of one
	 * @return its machine, always the same object
	 * @throws IllegalArgumentException if the object has no machine
	 */
	public StateMachine of(Object object) {
		StackRoom.check();
		Object target = this.unwrapper.apply(Objects.requireNonNull(object, "object"));
		if (!(target instanceof StateObject stateful)) {
			throw noMachine(target.getClass());
		}
		StateCalls machine = stateful.greenroom$slot().machine();
		if (machine == null && stateful.greenroom$slot().isLate()) {
			throw new IllegalArgumentException(StateSlot.NO_MACHINE);
		}
		if (machine == null) {
			throw new IllegalArgumentException(
					"The machine of this %s does not exist before the object is complete; ask for it after construction and initialization"
						.formatted(userClass(target).getSimpleName()));
		}
		return ((Transitions) machine).machine();
	}

	private static IllegalArgumentException noMachine(Class<?> type) {
		String name = type.getSimpleName();
		return new IllegalArgumentException(StateClass.isPresentOn(
				type) ? "This %s is an ordinary object: new %1$s() has no machine; create it with stateMachines.create(%1$s.class, ...), or let Spring create it as a bean of its class".formatted(name) : "%s has no states and no machine; mark its methods with @State and create it with stateMachines.create(%1$s.class, ...)".formatted(name));
	}

	/**
	 * Requests moves when the transaction of the calling thread has committed, on the
	 * thread that commits it, in the order in which they were registered; at once if
	 * there is no transaction. They are not requested if the transaction, or the
	 * savepoint that the thread is in now, rolls back. After the commit, a rejected move
	 * is only logged, because the transaction can no longer be undone.
	 * @param moves calls the states, as in {@code () -> order.paid(sum)}
	 */
	public void afterCommit(Runnable moves) {
		Objects.requireNonNull(moves, "moves");
		if (this.boundary == null || !this.boundary.afterCommit(moves)) {
			moves.run();
		}
	}

	/**
	 * Returns the machines of all objects of a class, including its subclasses, that are
	 * still referenced. Does not keep machines alive. Iterates over all of them; machines
	 * that start or end meanwhile may or may not be included.
	 * @param type a class with states, or a superclass of such classes
	 * @return a copy, in no order
	 */
	public List<StateMachine> all(Class<?> type) {
		Objects.requireNonNull(type, "type");
		List<StateMachine> found = new ArrayList<>();
		registers(type).forEach((register) -> register.forEach(found::add));
		return found;
	}

	/**
	 * Returns the machines of {@link #all(Class)} that are in a state: running, at rest,
	 * or done in it. A machine that has failed or was stopped is in no state.
	 * @param type a class with states, or a superclass of such classes
	 * @param state the state's name
	 * @return a copy, in no order
	 * @throws IllegalArgumentException if no such class is known to have such a state
	 */
	public List<StateMachine> allIn(Class<?> type, String state) {
		requireState(Objects.requireNonNull(type, "type"), Objects.requireNonNull(state, "state"));
		List<StateMachine> found = new ArrayList<>();
		registers(type).forEach((register) -> register.forEach((machine) -> {
			if (isInState(machine) && state.equals(machine.current())) {
				found.add(machine);
			}
		}));
		return found;
	}

	/**
	 * Returns how many machines of {@link #all(Class)} are in each state, as
	 * {@link #allIn(Class, String)} finds them.
	 * @param type a class with states, or a superclass of such classes
	 * @return the counts by name for every declared state, including states that no
	 * machine is in
	 */
	public Map<String, Long> counts(Class<?> type) {
		Objects.requireNonNull(type, "type");
		Map<String, Long> counts = new TreeMap<>();
		declared(type).forEach((table) -> table.names().forEach((name) -> counts.put(name, 0L)));
		registers(type).forEach((register) -> register.forEach((machine) -> {
			String state = isInState(machine) ? machine.current() : null;
			if (state != null) {
				counts.merge(state, 1L, Long::sum);
			}
		}));
		return counts;
	}

	/**
	 * Returns the classes that have had machines here.
	 * @return a copy
	 */
	public Set<Class<?>> types() {
		return Set.copyOf(this.types.keySet());
	}

	/**
	 * Returns the machines of any class that have failed, were not started again, and are
	 * still referenced. Their {@linkplain StateMachine#exception() exceptions} say why.
	 * @return a copy, in no order
	 */
	public List<StateMachine> failed() {
		List<StateMachine> found = new ArrayList<>();
		registers(Object.class).forEach((register) -> register.forEach((machine) -> {
			if (machine.status() == StateMachine.Status.FAILED) {
				found.add(machine);
			}
		}));
		return found;
	}

	/** Returns whether it is running, at rest, or done in a state. */
	private static boolean isInState(StateMachine machine) {
		return switch (machine.status()) {
			case RUNNING, RESTING, DONE -> true;
			case NEW, FAILED, STOPPED -> false;
		};
	}

	private Stream<MachineCleaner.Register> registers(Class<?> type) {
		return typesBelow(type).map(MachineType::register);
	}

	private Stream<MachineType> typesBelow(Class<?> type) {
		return this.types.entrySet()
			.stream()
			.filter((entry) -> type.isAssignableFrom(entry.getKey()))
			.map(Map.Entry::getValue);
	}

	/** Returns the tables of a class and its subclasses that have machines. */
	private Stream<StateTable> declared(Class<?> type) {
		StateClass own = StateClass.isPresentOn(type) ? StateClass.of(type) : null;
		Stream<StateTable> below = typesBelow(type).map(MachineType::table);
		return (own != null && own.problems().isEmpty()) ? Stream.concat(Stream.of(own.table()), below) : below;
	}

	private void requireState(Class<?> type, String state) {
		if (declared(type).noneMatch((table) -> table.has(state))) {
			throw new IllegalArgumentException("%s has no state '%s'; its states are %s".formatted(type.getName(),
					state, declared(type).flatMap((table) -> table.names().stream()).distinct().toList()));
		}
	}

	/**
	 * Gives a machine to an object that was created from an
	 * {@linkplain StateClass#enhanced() enhanced class} elsewhere; for frameworks. States
	 * called since its construction start now. An object that already has a machine keeps
	 * it, and its bodies are entered as given here from the next one on.
	 * @param object the complete object, not a proxy
	 * @param entry how bodies are entered; {@code null} for directly
	 * @return the machine
	 * @throws IllegalArgumentException if the object's class is not enhanced
	 */
	public StateMachine bind(Object object, @Nullable StateEntry entry) {
		StackRoom.check();
		Objects.requireNonNull(object, "object");
		if (!(object instanceof StateObject stateful)) {
			throw noMachine(object.getClass());
		}
		if (stateful.greenroom$slot().machine() instanceof Transitions transitions) {
			transitions.steps().enterBy(entry);
			return transitions.machine();
		}
		MachineType type = this.types.computeIfAbsent(userClass(object), this::typeOf);
		Machine machine = Machine.of(this.engine, type, stateful, entry);
		stateful.greenroom$slot().bind(machine.transitions(), stateful);
		return machine;
	}

	/**
	 * Gives a machine to an object, as {@link #bind(Object, StateEntry)} does, and stores
	 * where it is in a journal; for frameworks. A machine with a stored state is in that
	 * state again, without its {@code onStart} being called, and states called since the
	 * object's construction then have no effect. {@link #resume} must follow.
	 * @param object the complete object, not a proxy
	 * @param entry how bodies are entered; {@code null} for directly
	 * @param journal stores where the machine is from now on
	 * @param before where it was, in a state of its class, or {@code null} if it is new
	 * @return the machine
	 * @throws IllegalArgumentException if the object's class is not enhanced, or it has a
	 * machine already
	 */
	public StateMachine bind(Object object, @Nullable StateEntry entry, StateJournal journal,
			StateJournal.@Nullable Entry before) {
		StackRoom.check();
		Objects.requireNonNull(object, "object");
		Objects.requireNonNull(journal, "journal");
		if (!(object instanceof StateObject stateful)) {
			throw noMachine(object.getClass());
		}
		if (stateful.greenroom$slot().machine() != null) {
			throw new IllegalArgumentException("The object has its machine already: " + of(object));
		}
		MachineType type = this.types.computeIfAbsent(userClass(object), this::typeOf);
		Machine machine = Machine.kept(this.engine, type, stateful, entry, journal, before);
		if (before != null) {
			stateful.greenroom$slot().forget();
		}
		stateful.greenroom$slot().bind(machine.transitions(), stateful);
		return machine;
	}

	/**
	 * Resumes a machine with a stored state: runs a body that had begun from its
	 * beginning, and waits for the rest of a timeout. Has no effect on other machines;
	 * for frameworks.
	 * @param machine a machine with a journal
	 * @throws IllegalArgumentException if the machine was not created here
	 */
	public void resume(StateMachine machine) {
		own(machine).resume();
	}

	/**
	 * Releases a machine whose object is no longer used: ends it in memory as
	 * {@link StateMachine#stop()} does, but leaves its stored state as it is; for
	 * frameworks.
	 * @param machine the machine
	 * @throws IllegalArgumentException if the machine was not created here
	 */
	public void release(StateMachine machine) {
		own(machine).release();
	}

	/**
	 * Runs a visitor that the body of a machine has let in on its own thread and that is
	 * not part of the body; for frameworks. A move that it requests returns to it, and
	 * takes place when the body ends. An interrupt of the body is delivered after it. On
	 * any other thread it simply runs.
	 * @param machine the machine whose body may run on this thread
	 * @param visitor the visitor
	 * @throws IllegalArgumentException if the machine was not created here
	 */
	public void visit(StateMachine machine, Runnable visitor) {
		own(machine).visit(Objects.requireNonNull(visitor, "visitor"));
	}

	/**
	 * Ends the body on the current thread if a {@linkplain #visit visitor} has moved its
	 * machine: it then does not return, like a call of the next state. Returns on any
	 * other thread.
	 * @param machine the machine whose body may run on this thread
	 * @throws IllegalArgumentException if the machine was not created here
	 */
	public void followVisitor(StateMachine machine) {
		own(machine).followVisitor();
	}

	static Transitions own(StateMachine machine) {
		if (machine instanceof Machine own) {
			return own.transitions();
		}
		throw new IllegalArgumentException("This machine was not made here: " + machine);
	}

	/**
	 * Returns whether an object was created from an {@linkplain StateClass#enhanced()
	 * enhanced class}, so that it has a machine or can be given one.
	 * @param object an object, or a proxy of one
	 * @return whether calls of its states move a machine
	 */
	public static boolean isStateful(Object object) {
		return Objects.requireNonNull(object, "object") instanceof StateObject;
	}

	private MachineType typeOf(Class<?> type) {
		StateClass stateClass = StateClass.of(type);
		stateClass.warnings().forEach((warning) -> log.warn("{}: {}", type.getName(), warning));
		if (stateClass.table().startsAnywhere()) {
			log.info(
					"{}: no state is marked with initial = true, so every state may start a machine, even one that has ended",
					type.getName());
		}
		return new MachineType(stateClass, this.scheduler.observer().machine(type.getName()));
	}

	/** Returns the user's class, without enhancement and proxies. */
	private static Class<?> userClass(Object object) {
		Class<?> type = object.getClass();
		while (StateObject.class.isAssignableFrom(type)) {
			type = type.getSuperclass();
		}
		return type;
	}

	/**
	 * Accepts no more moves from outside, and timeouts no longer fire. Running bodies go
	 * on, and may move. Idempotent.
	 */
	@Override
	public void close() {
		this.scheduler.detach(this.service);
		this.engine.services().close();
	}

	boolean isClosed() {
		return this.engine.services().isClosed();
	}

	@Override
	public String toString() {
		return "StateMachines[" + this.scheduler.name() + (isClosed() ? ", closed]" : "]");
	}

	/** The service that the scheduler stops first when it drains. */
	private final class Service implements GreenService {

		@Override
		public String name() {
			return "state machines";
		}

		@Override
		public void stop(Duration grace) {
			StateMachines.this.engine.services().close();
		}

		@Override
		public Duration inspection() {
			return LOOK;
		}

		@Override
		public void inspect() {
			StateMachines.this.engine.services().deadlines().inspect();
			StateMachines.this.types.values().forEach((type) -> type.register().tell());
		}

		@Override
		public String toString() {
			return StateMachines.this.toString();
		}

	}

	/** Builds state machines. Not thread-safe. */
	public static final class Builder {

		private final GreenScheduler scheduler;

		private final List<StateListener> listeners = new ArrayList<>();

		private Duration stopTimeout = Duration.ofSeconds(10);

		private int historySize = 16;

		private InstantSource clock;

		private StateInstantiator instantiator = new ConstructorInstantiator();

		private UnaryOperator<Object> unwrapper = UnaryOperator.identity();

		private @Nullable StateBoundary boundary;

		private Builder(GreenScheduler scheduler) {
			this.scheduler = scheduler;
			this.clock = SchedulerAccess.get().engine(scheduler).clock();
		}

		/**
		 * Sets how long a running body may take to end when a move from outside has
		 * interrupted it. After that, the move is given up.
		 * @param timeout the time; 10 seconds by default
		 * @return this builder
		 * @throws IllegalArgumentException if the timeout is not positive
		 */
		public Builder stopTimeout(Duration timeout) {
			if (!Objects.requireNonNull(timeout, "timeout").isPositive()) {
				throw new IllegalArgumentException("The stop timeout is " + timeout + "; give a positive duration");
			}
			this.stopTimeout = timeout;
			return this;
		}

		/**
		 * Sets how many moves each machine remembers.
		 * @param size how many; 16 by default, zero for none
		 * @return this builder
		 * @throws IllegalArgumentException if the size is negative
		 */
		public Builder historySize(int size) {
			if (size < 0) {
				throw new IllegalArgumentException("The history size is " + size + "; give zero or a positive number");
			}
			this.historySize = size;
			return this;
		}

		/**
		 * Adds a listener to all machines.
		 * @param listener the listener
		 * @return this builder
		 */
		public Builder listener(StateListener listener) {
			this.listeners.add(Objects.requireNonNull(listener, "listener"));
			return this;
		}

		/**
		 * Sets the clock.
		 * @param clock the clock; by default that of the system, or of the worker that
		 * steps the threads of the scheduler
		 * @return this builder
		 */
		public Builder clock(InstantSource clock) {
			this.clock = Objects.requireNonNull(clock, "clock");
			return this;
		}

		/**
		 * Sets what calls the constructors for
		 * {@link StateMachines#create(Class, Object...)}.
		 * @param instantiator creates the objects; by default with the given arguments
		 * only
		 * @return this builder
		 */
		public Builder instantiator(StateInstantiator instantiator) {
			this.instantiator = Objects.requireNonNull(instantiator, "instantiator");
			return this;
		}

		/**
		 * Sets how {@link StateMachines#of(Object)} finds the object behind a proxy.
		 * @param unwrapper returns the object behind a proxy, and any other object as it
		 * is
		 * @return this builder
		 */
		public Builder unwrapper(UnaryOperator<Object> unwrapper) {
			this.unwrapper = Objects.requireNonNull(unwrapper, "unwrapper");
			return this;
		}

		/**
		 * Sets what knows the transactions and similar boundaries of a framework.
		 * @param boundary the boundary; none by default
		 * @return this builder
		 */
		public Builder boundary(StateBoundary boundary) {
			this.boundary = Objects.requireNonNull(boundary, "boundary");
			return this;
		}

		/**
		 * Creates the state machines.
		 * @return a new instance, open
		 * @throws io.greenroom.green.SchedulerClosedException if the scheduler is
		 * shutting down
		 */
		public StateMachines build() {
			return new StateMachines(this);
		}

	}

}
