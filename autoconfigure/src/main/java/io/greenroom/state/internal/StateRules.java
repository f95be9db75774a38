package io.greenroom.state.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

import io.greenroom.observe.internal.KotlinCode;
import io.greenroom.state.State;
import io.greenroom.state.StateHandle;
import org.jspecify.annotations.Nullable;

/**
 * The rules for the declaration of states, shared by javac and the start. Not
 * thread-safe.
 *
 * @param <M> the reader's type of a method
 */
public final class StateRules<M> {

	/** The parameter types that accept any throwable. */
	private static final Set<List<String>> TAKES_ANY = Set.of(List.of("java.lang.Throwable"),
			List.of("java.lang.Object"), List.of("java.io.Serializable"));

	private static final String HANDLE = StateHandle.class.getName();

	private static final Set<List<String>> TAKES_HANDLE = Set.of(List.of(HANDLE),
			List.of(HANDLE, "java.lang.Object[]"));

	private final DeclaredStates<M> declared;

	/** The first state of each name. */
	private final Map<String, DeclaredState<M>> states = new TreeMap<>();

	private final List<Finding<M>> problems = new ArrayList<>();

	private final List<Finding<M>> warnings = new ArrayList<>();

	private StateRules(DeclaredStates<M> declared) {
		this.declared = declared;
	}

	/**
	 * An error or a warning.
	 *
	 * @param <M> the reader's type of a method
	 * @param method the method; {@code null} for the class
	 * @param text what is wrong, and its remedy
	 */
	public record Finding<M>(@Nullable M method, String text) {
	}

	/**
	 * The verdict of the rules on a class.
	 *
	 * @param <M> the reader's type of a method
	 * @param problems the errors
	 * @param warnings what is odd but may be intended
	 */
	public record Verdict<M>(List<Finding<M>> problems, List<Finding<M>> warnings) {
	}

	/** Judges a class. */
	public static <M> Verdict<M> judge(DeclaredStates<M> declared) {
		StateRules<M> rules = new StateRules<>(declared);
		rules.run();
		return new Verdict<>(List.copyOf(rules.problems), List.copyOf(rules.warnings));
	}

	private void run() {
		boolean complete = !this.declared.is(DeclaredStates.Trait.PARTIAL);
		if (complete && !this.declared.states().isEmpty()) {
			checkClass();
		}
		this.declared.states().forEach(this::collect);
		this.states.values().forEach((state) -> checkMethod(state.method(), complete));
		if (complete) {
			this.states.values().forEach(this::checkTargets);
			this.states.values().forEach(this::checkRestart);
			checkReachable();
			warnOfNoWayOut();
			for (DeclaredState<M> state : this.states.values()) {
				checkTimeout(state);
				checkOnStart(state);
				checkOnError(state);
			}
		}
	}

	private void checkClass() {
		String name = this.declared.simpleName();
		String closed = this.declared.traits()
			.stream()
			.sorted()
			.map(DeclaredStates.Trait::closed)
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
		if (closed != null) {
			report(null, "class %s is %s, and its states need a subclass; %s", name, closed,
					isFinalInKotlin() ? KotlinCode.REMEDY : "make it an ordinary, open class");
		}
		else if (this.declared.is(DeclaredStates.Trait.HIDDEN)) {
			report(null,
					"class %s is hidden, and its states need a subclass, which a hidden class can't have; define it as an ordinary class",
					name);
		}
		else if (this.declared.is(DeclaredStates.Trait.PRIVATE_CONSTRUCTORS)) {
			report(null,
					"class %s has private constructors only, as a private class has where none is written; make one package-private or wider",
					name);
		}
		if (this.declared.is(DeclaredStates.Trait.PROXIED_CONFIGURATION)) {
			report(null,
					"class %s is a @Configuration class, which Spring subclasses itself, so it can't have states; move them to a class of their own, or write @Configuration(proxyBeanMethods = false)",
					name);
		}
	}

	private boolean isFinalInKotlin() {
		return this.declared.is(DeclaredStates.Trait.KOTLIN) && this.declared.is(DeclaredStates.Trait.FINAL);
	}

	private void collect(DeclaredState<M> state) {
		DeclaredState<M> other = this.states.putIfAbsent(state.name(), state);
		if (other != null) {
			report(state.method().source(),
					"two methods are the state '%s': %s and %s; rename one of them, or remove its @State", state.name(),
					other.method().signature(), state.method().signature());
		}
		else if (!state.contradiction().isEmpty()) {
			report(null,
					"state '%s' is declared differently by the interfaces %s and %s; put @State on a method of the class",
					state.name(), state.contradiction().getFirst(), state.contradiction().getLast());
		}
	}

	private void checkMethod(DeclaredMethod<M> method, boolean complete) {
		List<String> wrong = Arrays.stream(DeclaredMethod.Trait.values())
			.limit(3)
			.filter(method::is)
			.map((trait) -> trait.name().toLowerCase(Locale.ROOT))
			.toList();
		if (wrong.equals(List.of("final")) && this.declared.is(DeclaredStates.Trait.KOTLIN)) {
			// Each function of a final class is final too, and goes with it.
			if (!this.declared.is(DeclaredStates.Trait.FINAL)) {
				report(method.source(), "state %s is final, and a state must be overridable; %s", method.signature(),
						KotlinCode.REMEDY);
			}
		}
		else if (!wrong.isEmpty()) {
			report(method.source(), "state %s is %s; a state must be overridable, so remove that", method.signature(),
					String.join(" and ", wrong));
		}
		else if (method.is(DeclaredMethod.Trait.OUT_OF_REACH)) {
			report(method.source(), "state %s of %s is package-private in another package; make it protected or public",
					method.signature(), method.home());
		}
		if (complete && method.is(DeclaredMethod.Trait.ABSTRACT)) {
			report(method.source(), "state %s is abstract in %s; give it a body", method.signature(),
					this.declared.simpleName());
		}
		if (KotlinCode.isSuspending(method.parameters())) {
			report(method.source(),
					"state %s is a suspending function, which a machine can't start; make it an ordinary function, which may block",
					method.signature());
		}
		else if (!method.returns().equals("void")) {
			report(method.source(), "state %s returns %s, but nobody waits for a state; make it void",
					method.signature(), DeclaredMethod.simple(method.returns()));
		}
	}

	private void checkTargets(DeclaredState<M> state) {
		for (String target : state.targets()) {
			if (!this.states.containsKey(target)) {
				wrong(state, "has the target '%s', which is no state; the states are %s", target, this.states.keySet());
			}
		}
	}

	private void checkRestart(DeclaredState<M> state) {
		if (state.declaration().restart() && !state.declaration().initial()) {
			wrong(state, "has restart = true but not initial = true; mark it initial, or remove restart");
		}
	}

	private void checkReachable() {
		Deque<String> open = new ArrayDeque<>();
		this.states.forEach((name, state) -> {
			if (state.declaration().initial()) {
				open.add(name);
			}
		});
		if (open.isEmpty()) {
			return;
		}
		Set<String> reached = new HashSet<>();
		while (!open.isEmpty()) {
			DeclaredState<M> state = this.states.get(open.remove());
			if (state != null && reached.add(state.name())) {
				open.addAll(state.targets());
			}
		}
		this.states.values()
			.stream()
			.filter((state) -> !reached.contains(state.name()))
			.forEach((state) -> wrong(state,
					"can't be reached from an initial one; declare a transition to it, or mark it initial"));
	}

	/**
	 * Warns of states from which the end of the machine cannot be reached, which is often
	 * an oversight.
	 */
	private void warnOfNoWayOut() {
		Set<String> ending = new HashSet<>();
		this.states.values().stream().filter(DeclaredState::isEnd).map(DeclaredState::name).forEach(ending::add);
		boolean hasEnd = !ending.isEmpty();
		while (this.states.values()
			.stream()
			.filter((state) -> state.targets().stream().anyMatch(ending::contains))
			.map(DeclaredState::name)
			.toList()
			.stream()
			.anyMatch(ending::add)) {
			// Until none is added.
		}
		for (DeclaredState<M> state : this.states.values()) {
			boolean onlyItself = !state.isEnd() && Set.copyOf(state.targets()).equals(Set.of(state.name()));
			if (onlyItself || (hasEnd && !ending.contains(state.name()))) {
				this.warnings.add(new Finding<>(state.method().source(),
						"state '%s' has no way out: no state that ends the machine can be reached from it; declare one, unless that is intended"
							.formatted(state.name())));
			}
		}
	}

	private void checkTimeout(DeclaredState<M> state) {
		State says = state.declaration();
		if (says.timeout().isEmpty() && says.onTimeout().isEmpty()) {
			return;
		}
		if (says.timeout().isEmpty()) {
			wrong(state, "has onTimeout = \"%s\" but no timeout; say after how long", says.onTimeout());
			return;
		}
		try {
			DurationText.parse(says.timeout());
		}
		catch (IllegalArgumentException ex) {
			wrong(state, "has timeout = \"%s\"; write a positive length of time like 200ms, 30s, 5m, PT1H (%s)",
					says.timeout(), String.valueOf(ex.getMessage()));
		}
		DeclaredState<M> target = this.states.get(says.onTimeout());
		if (says.onTimeout().isEmpty()) {
			wrong(state, "has a timeout but no onTimeout; say where to move then");
		}
		else if (isTarget(state, "onTimeout", says.onTimeout(), target)
				&& !Objects.requireNonNull(target).method().parameters().isEmpty()) {
			wrong(state,
					"has onTimeout = \"%s\", which takes arguments that a timeout does not have; name a state without parameters",
					says.onTimeout());
		}
	}

	private void checkOnError(DeclaredState<M> state) {
		String onError = state.declaration().onError();
		DeclaredState<M> target = this.states.get(onError);
		if (onError.isEmpty()) {
			return;
		}
		if (onError.equals(state.name())) {
			wrong(state, "has itself as onError, and would fail forever; name another state");
		}
		else if (isTarget(state, "onError", onError, target)
				&& !TAKES_ANY.contains(Objects.requireNonNull(target).method().parameters())) {
			wrong(state, "has onError = \"%s\", which does not accept any throwable; write void %1$s(Throwable cause)",
					onError);
		}
	}

	private boolean isTarget(DeclaredState<M> state, String attribute, String name, @Nullable DeclaredState<M> target) {
		if (target == null) {
			wrong(state, "has %s = \"%s\", which is no state; the states are %s", attribute, name,
					this.states.keySet());
			return false;
		}
		if (!state.targets().contains(name)) {
			wrong(state, "has %s = \"%s\", which its transitionsTo does not declare; add it there", attribute, name);
			return false;
		}
		return true;
	}

	private void checkOnStart(DeclaredState<M> state) {
		String onStart = state.declaration().onStart();
		List<DeclaredMethod<M>> named = this.declared.named()
			.stream()
			.filter((method) -> method.name().equals(onStart))
			.toList();
		if (!onStart.isEmpty() && named.stream().noneMatch(StateRules::fitsOnStart)) {
			wrong(state, "has onStart = \"%s\", which %s; write void %1$s(StateHandle next, Object... args)", onStart,
					named.isEmpty() ? "does not exist" : "has the wrong form");
		}
	}

	/** Returns whether a method can be a state's {@code onStart}. */
	public static boolean fitsOnStart(DeclaredMethod<?> method) {
		return method.returns().equals("void") && !method.is(DeclaredMethod.Trait.STATIC)
				&& !method.is(DeclaredMethod.Trait.STATE) && TAKES_HANDLE.contains(method.parameters());
	}

	@SuppressWarnings("AnnotateFormatMethod") // its annotation would be a dependency
	private void wrong(DeclaredState<M> state, String problem, Object... arguments) {
		report(state.method().source(), "state '" + state.name() + "' " + problem, arguments);
	}

	@SuppressWarnings("AnnotateFormatMethod") // its annotation would be a dependency
	private void report(@Nullable M method, String problem, Object... arguments) {
		this.problems.add(new Finding<>(method, problem.formatted(arguments)));
	}

}
