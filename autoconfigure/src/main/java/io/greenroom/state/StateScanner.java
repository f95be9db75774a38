package io.greenroom.state;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Reads the states that a class declares, and finds everything that is wrong with them.
 */
final class StateScanner {

	private static final MethodType ON_START = MethodType.methodType(void.class, Object.class, StateHandle.class,
			Object[].class);

	private final Class<?> type;

	/** By name, in an order that every JVM repeats: class files keep the places. */
	private final Map<String, Method> methods = new TreeMap<>();

	private final List<String> problems = new ArrayList<>();

	private final List<String> warnings = new ArrayList<>();

	private final Map<String, State> declarations = new HashMap<>();

	private final Map<String, List<List<Class<?>>>> signatures = new HashMap<>();

	private final SeenMethods seen;

	StateScanner(Class<?> type) {
		this.type = type;
		this.seen = new SeenMethods(type);
	}

	/**
	 * Looks only whether there is any state, without checking it. A class that can't be
	 * looked at, because the class path lacks what its methods mention, has none.
	 */
	static boolean hasStates(Class<?> type) {
		try {
			for (Class<?> level : SeenMethods.levels(type)) {
				for (Method method : level.getDeclaredMethods()) {
					if (method.isAnnotationPresent(State.class)) {
						return true;
					}
				}
			}
			return false;
		}
		catch (LinkageError | TypeNotPresentException missing) {
			return false;
		}
	}

	List<String> problems() {
		return List.copyOf(this.problems);
	}

	List<String> warnings() {
		return List.copyOf(this.warnings);
	}

	/** Returns the checked table, or {@code null} if there are problems. */
	@Nullable StateTable scan() {
		checkClass();
		collect();
		Map<String, State> declared = new LinkedHashMap<>();
		this.methods.forEach((name, method) -> {
			checkMethod(method);
			declared.put(name, Objects.requireNonNull(this.declarations.get(name)));
		});
		declared.forEach((name, state) -> checkTargets(name, state, declared));
		declared.forEach(this::checkRestart);
		checkReachable(declared);
		warnOfNoWayOut(declared);
		List<StateSpec> states = new ArrayList<>();
		declared.forEach((name, state) -> {
			Timeout timeout = checkTimeout(name, state);
			Method onStart = checkOnStart(name, state);
			checkOnError(name, state);
			if (this.problems.isEmpty()) {
				states.add(spec(states.size(), name, state, timeout, onStart));
			}
		});
		return this.problems.isEmpty() ? new StateTable(states) : null;
	}

	private void checkClass() {
		int modifiers = this.type.getModifiers();
		if (Modifier.isFinal(modifiers) || this.type.isSealed() || this.type.isInterface() || this.type.isEnum()) {
			this.problems.add("class %s is %s, and its states need a subclass; make it an ordinary, open class"
				.formatted(this.type.getSimpleName(), kind(modifiers)));
		}
		else if (this.type.isHidden()) {
			this.problems.add(
					"class %s is hidden, and its states need a subclass, which a hidden class can't have; define it as an ordinary class"
						.formatted(this.type.getSimpleName()));
		}
		else if (Arrays.stream(this.type.getDeclaredConstructors()).allMatch(StateScanner::isPrivate)) {
			this.problems.add(
					"class %s has private constructors only, as a private class has where none is written; make one package-private or wider"
						.formatted(this.type.getSimpleName()));
		}
	}

	private String kind(int modifiers) {
		if (this.type.isInterface()) {
			return "an interface";
		}
		if (this.type.isEnum()) {
			return "an enum";
		}
		if (this.type.isRecord()) {
			return "a record";
		}
		return Modifier.isFinal(modifiers) ? "final" : "sealed";
	}

	private static boolean isPrivate(Constructor<?> constructor) {
		return Modifier.isPrivate(constructor.getModifiers());
	}

	/** The most specific method of each state; an override keeps the declaration. */
	private void collect() {
		for (List<Method> family : this.seen.families()) {
			List<Method> marked = family.stream().filter((method) -> method.isAnnotationPresent(State.class)).toList();
			if (marked.isEmpty()) {
				continue;
			}
			Method declaring = marked.getFirst();
			String name = declaring.getName();
			// What can't be overridden is no state of this class, whatever looks like it.
			Method lowest = marked.stream().filter((method) -> !isOpen(method)).findFirst().orElse(family.getFirst());
			Method other = this.methods.putIfAbsent(name, lowest);
			if (other != null) {
				this.problems.add("two methods are the state '%s': %s and %s; rename one of them, or take @State off it"
					.formatted(name, show(other), show(lowest)));
				continue;
			}
			this.declarations.put(name, declaring.getAnnotation(State.class));
			this.signatures.put(name,
					family.stream().map((method) -> List.of(method.getParameterTypes())).distinct().toList());
			checkDeclarations(declaring, marked);
		}
	}

	private boolean isOpen(Method method) {
		return SeenMethods.isOpen(method, this.type) && !Modifier.isStatic(method.getModifiers());
	}

	/** A class says which of several interfaces is right; nobody else can. */
	private void checkDeclarations(Method first, List<Method> marked) {
		State declared = first.getAnnotation(State.class);
		for (Method method : marked) {
			if (first.getDeclaringClass().isInterface()
					&& !method.getDeclaringClass().isAssignableFrom(first.getDeclaringClass())
					&& !declared.equals(method.getAnnotation(State.class))) {
				this.problems.add(
						"state '%s' is declared differently by the interfaces %s and %s; put @State on a method of the class"
							.formatted(first.getName(), first.getDeclaringClass().getSimpleName(),
									method.getDeclaringClass().getSimpleName()));
				return;
			}
		}
	}

	/**
	 * Returns the parameters of each state, in all forms that a call of it may have: a
	 * generic parameter differs from what overrides it.
	 */
	Map<String, List<List<Class<?>>>> signatures() {
		return Map.copyOf(this.signatures);
	}

	private static String show(Method method) {
		return method.getName() + Arrays.stream(method.getParameterTypes())
			.map(Class::getSimpleName)
			.toList()
			.toString()
			.replace('[', '(')
			.replace(']', ')');
	}

	private void checkMethod(Method method) {
		int modifiers = method.getModifiers();
		List<String> wrong = new ArrayList<>();
		if (Modifier.isPrivate(modifiers)) {
			wrong.add("private");
		}
		if (Modifier.isFinal(modifiers)) {
			wrong.add("final");
		}
		if (Modifier.isStatic(modifiers)) {
			wrong.add("static");
		}
		if (!wrong.isEmpty()) {
			this.problems.add("state %s is %s; a state must be open to be replaced, so take that off"
				.formatted(show(method), String.join(" and ", wrong)));
		}
		else if (!SeenMethods.isOpen(method, this.type)) {
			this.problems.add("state %s of %s is package-private in another package; make it protected or public"
				.formatted(show(method), method.getDeclaringClass().getName()));
		}
		if (Modifier.isAbstract(modifiers)) {
			this.problems
				.add("state %s is abstract in %s; give it a body".formatted(show(method), this.type.getSimpleName()));
		}
		if (method.getReturnType() != void.class) {
			this.problems.add("state %s returns %s, but nobody waits for a state; make it void".formatted(show(method),
					method.getReturnType().getSimpleName()));
		}
	}

	private void checkTargets(String name, State state, Map<String, State> declared) {
		for (String target : state.transitionsTo()) {
			if (!declared.containsKey(target)) {
				this.problems.add("state '%s' has the target '%s', which is no state; the states are %s".formatted(name,
						target, declared.keySet()));
			}
		}
	}

	private void checkRestart(String name, State state) {
		if (state.restart() && !state.initial()) {
			this.problems
				.add("state '%s' has restart = true but not initial = true; mark it initial, or take restart off"
					.formatted(name));
		}
	}

	private void checkReachable(Map<String, State> declared) {
		Deque<String> open = new ArrayDeque<>();
		declared.forEach((name, state) -> {
			if (state.initial()) {
				open.add(name);
			}
		});
		if (open.isEmpty()) {
			return;
		}
		Set<String> reached = new HashSet<>();
		while (!open.isEmpty()) {
			String name = open.remove();
			if (declared.containsKey(name) && reached.add(name)) {
				open.addAll(List.of(declared.get(name).transitionsTo()));
			}
		}
		declared.keySet()
			.stream()
			.filter((name) -> !reached.contains(name))
			.forEach((name) -> this.problems
				.add("state '%s' can't be reached from an initial one; declare a transition to it, or mark it initial"
					.formatted(name)));
	}

	/**
	 * Where a class has an end, a state from which it can't be got to is often an
	 * oversight.
	 */
	private void warnOfNoWayOut(Map<String, State> declared) {
		Set<String> ending = new HashSet<>();
		declared.forEach((name, state) -> {
			if (state.transitionsTo().length == 0) {
				ending.add(name);
			}
		});
		boolean hasEnd = !ending.isEmpty();
		boolean found = hasEnd;
		while (found) {
			found = declared.entrySet()
				.stream()
				.filter((entry) -> Stream.of(entry.getValue().transitionsTo()).anyMatch(ending::contains))
				.map(Map.Entry::getKey)
				.toList()
				.stream()
				.anyMatch(ending::add);
		}
		declared.forEach((name, state) -> {
			List<String> targets = List.of(state.transitionsTo());
			if ((hasEnd && !ending.contains(name))
					|| (!targets.isEmpty() && Set.copyOf(targets).equals(Set.of(name)))) {
				this.warnings.add(
						"state '%s' has no way out: from it no state that ends the machine can be reached; declare one, if that is not meant"
							.formatted(name));
			}
		});
	}

	private record Timeout(@Nullable Duration after, @Nullable String target) {

		static final Timeout NONE = new Timeout(null, null);

	}

	private Timeout checkTimeout(String name, State state) {
		if (state.timeout().isEmpty() && state.onTimeout().isEmpty()) {
			return Timeout.NONE;
		}
		if (state.timeout().isEmpty()) {
			this.problems.add("state '%s' has onTimeout = \"%s\" but no timeout; say after how long".formatted(name,
					state.onTimeout()));
			return Timeout.NONE;
		}
		Duration after = null;
		try {
			after = Durations.parse(state.timeout());
		}
		catch (IllegalArgumentException ex) {
			this.problems
				.add("state '%s' has timeout = \"%s\"; write a positive length of time like 200ms, 30s, 5m, PT1H (%s)"
					.formatted(name, state.timeout(), ex.getMessage()));
		}
		if (state.onTimeout().isEmpty()) {
			this.problems.add("state '%s' has a timeout but no onTimeout; say where to move then".formatted(name));
		}
		else {
			checkOnTimeout(name, state);
		}
		return new Timeout(after, state.onTimeout());
	}

	private void checkOnTimeout(String name, State state) {
		Method target = this.methods.get(state.onTimeout());
		if (target == null) {
			this.problems.add("state '%s' has onTimeout = \"%s\", which is no state; the states are %s".formatted(name,
					state.onTimeout(), this.methods.keySet()));
		}
		else if (!List.of(state.transitionsTo()).contains(state.onTimeout())) {
			this.problems
				.add("state '%s' has onTimeout = \"%s\", which its transitionsTo does not declare; add it there"
					.formatted(name, state.onTimeout()));
		}
		else if (target.getParameterCount() > 0) {
			this.problems.add("state '%s' has onTimeout = \"%s\", which takes arguments that a timeout does not have; "
				.formatted(name, state.onTimeout()) + "name a state without parameters");
		}
	}

	private void checkOnError(String name, State state) {
		if (state.onError().isEmpty()) {
			return;
		}
		Method target = this.methods.get(state.onError());
		if (target == null) {
			this.problems.add("state '%s' has onError = \"%s\", which is no state; the states are %s".formatted(name,
					state.onError(), this.methods.keySet()));
		}
		else if (state.onError().equals(name)) {
			this.problems
				.add("state '%s' has itself as onError, and would fail for ever; name another state".formatted(name));
		}
		else if (!List.of(state.transitionsTo()).contains(state.onError())) {
			this.problems.add("state '%s' has onError = \"%s\", which its transitionsTo does not declare; add it there"
				.formatted(name, state.onError()));
		}
		else if (target.getParameterCount() != 1 || !target.getParameterTypes()[0].isAssignableFrom(Throwable.class)) {
			this.problems.add(
					"state '%s' has onError = \"%s\", which does not take what may be thrown; write void %2$s(Throwable cause)"
						.formatted(name, state.onError()));
		}
	}

	private @Nullable Method checkOnStart(String name, State state) {
		if (state.onStart().isEmpty()) {
			return null;
		}
		boolean found = false;
		for (Method method : this.seen.named(state.onStart())) {
			found = true;
			if (fitsOnStart(method)) {
				return method;
			}
		}
		this.problems.add((found
				? "state '%s' has onStart = \"%s\", which has the wrong form; write void %2$s(StateHandle next, Object... args)"
				: "state '%s' has onStart = \"%s\", which does not exist; write void %2$s(StateHandle next, Object... args)")
			.formatted(name, state.onStart()));
		return null;
	}

	private static boolean fitsOnStart(Method method) {
		List<Class<?>> parameters = List.of(method.getParameterTypes());
		return method.getReturnType() == void.class && !Modifier.isStatic(method.getModifiers())
				&& !method.isAnnotationPresent(State.class) && (parameters.equals(List.of(StateHandle.class))
						|| parameters.equals(List.of(StateHandle.class, Object[].class)));
	}

	private StateSpec spec(int index, String name, State state, Timeout timeout, @Nullable Method onStart) {
		Method method = this.methods.get(name);
		if (method == null) {
			throw new IllegalStateException(name);
		}
		return new StateSpec(index, name, method, state.initial(), state.restart(),
				Stream.of(state.transitionsTo()).distinct().toList(), timeout.after(), timeout.target(),
				state.onError().isEmpty() ? null : state.onError(), (onStart != null) ? onStartHandle(onStart) : null);
	}

	private static MethodHandle onStartHandle(Method method) {
		MethodHandle handle = unreflect(method).asFixedArity();
		if (method.getParameterCount() == 1) {
			handle = MethodHandles.dropArguments(handle, 2, Object[].class);
		}
		return handle.asType(ON_START);
	}

	private static MethodHandle unreflect(Method method) {
		try {
			return MethodHandles.privateLookupIn(method.getDeclaringClass(), MethodHandles.lookup()).unreflect(method);
		}
		catch (IllegalAccessException ex) {
			throw new IllegalStateException("%s can't be called; open its package to Greenroom".formatted(method), ex);
		}
	}

}
