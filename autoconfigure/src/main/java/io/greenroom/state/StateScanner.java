package io.greenroom.state;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.greenroom.observe.internal.KotlinCode;
import io.greenroom.state.internal.DeclaredMethod;
import io.greenroom.state.internal.DeclaredState;
import io.greenroom.state.internal.DeclaredStates;
import io.greenroom.state.internal.DurationText;
import io.greenroom.state.internal.StateRules;
import org.jspecify.annotations.Nullable;

/**
 * Reads the states that a loaded class declares. The {@link StateRules} judge them.
 */
final class StateScanner {

	private static final MethodType ON_START = MethodType.methodType(void.class, Object.class, StateHandle.class,
			Object[].class);

	private final Class<?> type;

	private final SeenMethods seen;

	private final Map<String, List<List<Class<?>>>> signatures = new HashMap<>();

	private final DeclaredStates<Method> declared;

	StateScanner(Class<?> type) {
		this.type = type;
		this.seen = new SeenMethods(type);
		List<DeclaredMethod<Method>> methods = this.seen.all().stream().map(this::describe).toList();
		this.declared = new DeclaredStates<>(type.getName(), traits(), states(), methods);
	}

	/**
	 * Returns whether there is any state, without checking it. A class that cannot be
	 * inspected, because the class path lacks what its methods refer to, has none.
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

	DeclaredStates<Method> declared() {
		return this.declared;
	}

	/**
	 * Returns the parameters of each state, in all forms that a call may have, because a
	 * generic parameter differs from that of the overriding method.
	 */
	Map<String, List<List<Class<?>>>> signatures() {
		return Map.copyOf(this.signatures);
	}

	/** Returns the table of states that are declared correctly. */
	StateTable table() {
		List<StateSpec> specs = new ArrayList<>();
		this.declared.states().forEach((state) -> specs.add(spec(specs.size(), state)));
		return new StateTable(specs);
	}

	private Set<DeclaredStates.Trait> traits() {
		Set<DeclaredStates.Trait> traits = EnumSet.noneOf(DeclaredStates.Trait.class);
		add(traits, DeclaredStates.Trait.INTERFACE, this.type.isInterface());
		add(traits, DeclaredStates.Trait.ENUM, this.type.isEnum());
		add(traits, DeclaredStates.Trait.RECORD, this.type.isRecord());
		add(traits, DeclaredStates.Trait.FINAL, Modifier.isFinal(this.type.getModifiers()));
		add(traits, DeclaredStates.Trait.SEALED, this.type.isSealed());
		add(traits, DeclaredStates.Trait.HIDDEN, this.type.isHidden());
		add(traits, DeclaredStates.Trait.KOTLIN, KotlinCode.wrote(this.type));
		add(traits, DeclaredStates.Trait.PRIVATE_CONSTRUCTORS,
				Arrays.stream(this.type.getDeclaredConstructors()).allMatch(StateScanner::isPrivate));
		return traits;
	}

	private static boolean isPrivate(Constructor<?> constructor) {
		return Modifier.isPrivate(constructor.getModifiers());
	}

	/**
	 * Returns the most specific method of each state. An override keeps the declaration.
	 */
	private List<DeclaredState<Method>> states() {
		List<DeclaredState<Method>> states = new ArrayList<>();
		for (List<Method> family : this.seen.families()) {
			List<Method> marked = family.stream().filter((method) -> method.isAnnotationPresent(State.class)).toList();
			if (marked.isEmpty()) {
				continue;
			}
			Method declaring = marked.getFirst();
			// A method that cannot be overridden is no state of this class, even if
			// another one looks like it.
			Method lowest = marked.stream().filter((method) -> !isOpen(method)).findFirst().orElse(family.getFirst());
			states.add(new DeclaredState<>(describe(lowest), declaring.getAnnotation(State.class),
					contradiction(declaring, marked)));
			this.signatures.put(declaring.getName(),
					family.stream().map((method) -> List.of(method.getParameterTypes())).distinct().toList());
		}
		return states;
	}

	private boolean isOpen(Method method) {
		return SeenMethods.isOpen(method, this.type) && !Modifier.isStatic(method.getModifiers());
	}

	/**
	 * Returns two interfaces that declare a state differently, unless the class decides.
	 */
	private static List<String> contradiction(Method first, List<Method> marked) {
		Class<?> home = first.getDeclaringClass();
		State declared = first.getAnnotation(State.class);
		return marked.stream()
			.filter((method) -> home.isInterface() && !method.getDeclaringClass().isAssignableFrom(home)
					&& !declared.equals(method.getAnnotation(State.class)))
			.findFirst()
			.map((method) -> List.of(home.getSimpleName(), method.getDeclaringClass().getSimpleName()))
			.orElse(List.of());
	}

	private DeclaredMethod<Method> describe(Method method) {
		int modifiers = method.getModifiers();
		Set<DeclaredMethod.Trait> traits = EnumSet.noneOf(DeclaredMethod.Trait.class);
		add(traits, DeclaredMethod.Trait.PRIVATE, Modifier.isPrivate(modifiers));
		add(traits, DeclaredMethod.Trait.FINAL, Modifier.isFinal(modifiers));
		add(traits, DeclaredMethod.Trait.STATIC, Modifier.isStatic(modifiers));
		add(traits, DeclaredMethod.Trait.ABSTRACT, Modifier.isAbstract(modifiers));
		add(traits, DeclaredMethod.Trait.OUT_OF_REACH, !SeenMethods.isOpen(method, this.type));
		add(traits, DeclaredMethod.Trait.STATE, method.isAnnotationPresent(State.class));
		return new DeclaredMethod<>(method, method.getName(), method.getDeclaringClass().getName(),
				Arrays.stream(method.getParameterTypes()).map(Class::getTypeName).toList(),
				method.getReturnType().getTypeName(), traits);
	}

	private static <T> void add(Collection<T> traits, T trait, boolean has) {
		if (has) {
			traits.add(trait);
		}
	}

	private StateSpec spec(int index, DeclaredState<Method> state) {
		State says = state.declaration();
		return new StateSpec(index, state.name(), state.method().source(), says.initial(), says.restart(),
				Stream.of(says.transitionsTo()).distinct().toList(),
				says.timeout().isEmpty() ? null : DurationText.parse(says.timeout()), emptyToNull(says.onTimeout()),
				emptyToNull(says.onError()), onStart(says.onStart()));
	}

	private static @Nullable String emptyToNull(String text) {
		return text.isEmpty() ? null : text;
	}

	private @Nullable MethodHandle onStart(String name) {
		return this.declared.named()
			.stream()
			.filter((method) -> method.name().equals(name) && StateRules.fitsOnStart(method))
			.findFirst()
			.map((method) -> onStartHandle(method.source()))
			.orElse(null);
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
