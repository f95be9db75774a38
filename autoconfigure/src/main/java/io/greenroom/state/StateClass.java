package io.greenroom.state;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.greenroom.state.internal.StateObject;
import io.greenroom.state.internal.StateRules;
import org.jspecify.annotations.Nullable;

/**
 * A class with {@linkplain State states}: what it declares, what is wrong with it, and
 * the enhanced class of its objects. Immutable; one instance per class.
 */
public final class StateClass {

	private static final ClassValue<StateClass> CLASSES = new ClassValue<>() {

		@Override
		protected StateClass computeValue(Class<?> type) {
			return new StateClass(type);
		}

	};

	private static final ClassValue<Boolean> WITH_STATES = new ClassValue<>() {

		@Override
		protected Boolean computeValue(Class<?> type) {
			return StateScanner.hasStates(type);
		}

	};

	private final Class<?> type;

	private final List<String> problems;

	private final List<String> warnings;

	private final @Nullable StateTable table;

	private final Map<String, List<List<Class<?>>>> signatures;

	private StateClass(Class<?> type) {
		this.type = type;
		StateScanner scanner = new StateScanner(type);
		StateRules.Verdict<Method> verdict = StateRules.judge(scanner.declared());
		this.signatures = scanner.signatures();
		this.problems = verdict.problems().stream().map(StateRules.Finding::text).toList();
		this.warnings = verdict.warnings().stream().map(StateRules.Finding::text).toList();
		this.table = this.problems.isEmpty() ? scanner.table() : null;
	}

	/**
	 * Returns whether a class declares or inherits a state, correctly or not.
	 * @param type the class
	 * @return whether there is a method with {@link State @State}
	 */
	public static boolean isPresentOn(Class<?> type) {
		return WITH_STATES.get(Objects.requireNonNull(type, "type"));
	}

	/**
	 * Returns the metadata of a class with states.
	 * @param type the class as written by the user
	 * @return its metadata, even if there are {@linkplain #problems() problems}
	 * @throws IllegalArgumentException if the class has no states
	 */
	public static StateClass of(Class<?> type) {
		if (!isPresentOn(type)) {
			throw new IllegalArgumentException("%s has no states; mark a method with @State".formatted(type.getName()));
		}
		return CLASSES.get(type);
	}

	/**
	 * Returns the class written by the user.
	 * @return the class
	 */
	public Class<?> type() {
		return this.type;
	}

	/**
	 * Returns the name of the class in metrics and logs.
	 * @return the simple name
	 */
	public String name() {
		return this.type.getSimpleName();
	}

	/**
	 * Returns what is wrong with the declarations, each with its remedy.
	 * @return the problems; empty if the class can be used
	 */
	public List<String> problems() {
		return this.problems;
	}

	/**
	 * Returns what is odd about the declarations but may be intended: states without a
	 * way out.
	 * @return the warnings; empty for none
	 */
	public List<String> warnings() {
		return this.warnings;
	}

	/**
	 * Returns the declared states, by name.
	 * @return the states
	 * @throws InvalidStatesException if there are {@linkplain #problems() problems}
	 */
	public List<StateDescriptor> states() {
		return table().states().stream().map(StateSpec::describe).toList();
	}

	/**
	 * Returns whether a method is one of the states, even if it overrides or implements
	 * the declaration elsewhere.
	 * @param method a method of the class, of a proxy, or of an interface
	 * @return whether a state has its name and parameters
	 * @throws InvalidStatesException if there are {@linkplain #problems() problems}
	 */
	public boolean isState(Method method) {
		Objects.requireNonNull(method, "method");
		table();
		List<List<Class<?>>> forms = this.signatures.get(method.getName());
		return forms != null && forms.contains(Arrays.asList(method.getParameterTypes()));
	}

	/**
	 * Returns the method of a state, for frameworks.
	 * @param state the state's name
	 * @return the most specific method that the user's classes declare
	 * @throws InvalidStatesException if there are {@linkplain #problems() problems}
	 * @throws IllegalArgumentException if there is no such state
	 */
	public Method method(String state) {
		if (!table().has(state)) {
			throw new IllegalArgumentException(
					"%s has no state '%s'; its states are %s".formatted(this.type.getName(), state, table().names()));
		}
		return table().state(state).method();
	}

	/**
	 * Calls a state method of an object as its machine does, for frameworks that
	 * {@linkplain StateEntry enter} a body. Bypasses anything in front of the object's
	 * methods, such as a spy that would count the call a second time.
	 * @param object an object of the enhanced class
	 * @param state the state's method, as in {@link #method(String)}
	 * @param args the arguments
	 * @throws Throwable what the body throws
	 * @throws InvalidStatesException if there are {@linkplain #problems() problems}
	 */
	public void call(Object object, Method state, @Nullable Object[] args) throws Throwable {
		Objects.requireNonNull(object, "object");
		Objects.requireNonNull(state, "state");
		Objects.requireNonNull(args, "args");
		((StateObject) object).greenroom$call(table().state(state.getName()).index(), args);
	}

	/**
	 * Returns the class to create objects of: a subclass in the same package and class
	 * loader, with the same constructors, whose state methods move the object's machine.
	 * Defined at the first call, unless the class loader has it.
	 * @return the enhanced class
	 * @throws InvalidStatesException if there are {@linkplain #problems() problems}
	 */
	public Class<?> enhanced() {
		return Enhancer.define(this.type, table());
	}

	/**
	 * Returns the name of the {@linkplain #enhanced() enhanced class}.
	 * @return the binary name
	 */
	public String enhancedName() {
		return Enhancer.nameFor(this.type);
	}

	/**
	 * Returns the class file of the {@linkplain #enhanced() enhanced class}, for
	 * ahead-of-time builds.
	 * @return the bytes
	 * @throws InvalidStatesException if there are {@linkplain #problems() problems}
	 */
	public byte[] classFile() {
		return Enhancer.generate(this.type, table());
	}

	StateTable table() {
		if (this.table == null) {
			throw new InvalidStatesException(this.type, this.problems);
		}
		return this.table;
	}

	@Override
	public String toString() {
		return "StateClass[" + this.type.getName() + "]";
	}

}
