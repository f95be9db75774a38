package io.greenroom.deferred.internal;

import java.lang.annotation.Annotation;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import io.greenroom.deferred.DeferredCalls;
import io.greenroom.deferred.InState;
import io.greenroom.deferred.InvalidHandlerException;
import io.greenroom.deferred.Oneway;
import io.greenroom.deferred.OnewayPhase;
import io.greenroom.deferred.ProcessingLoop;
import io.greenroom.deferred.ReadOnly;
import io.greenroom.deferred.Urgent;
import io.greenroom.observe.CallMode;
import io.greenroom.observe.internal.KotlinCode;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of a handler's class: the methods that callers may call and how, the loop,
 * and whether the class can be a handler at all. Computed once per class. Applications
 * need this only to check a class beforehand.
 */
public final class HandlerType {

	private static final ClassValue<HandlerType> TYPES = new ClassValue<>() {

		@Override
		protected HandlerType computeValue(Class<?> type) {
			return new HandlerType(type);
		}

	};

	/** Annotations that make no sense on a method whose calls cannot be intercepted. */
	private static final List<Class<? extends Annotation>> OURS = List.of(Oneway.class, ProcessingLoop.class,
			Urgent.class, ReadOnly.class, InState.class);

	private final Class<?> type;

	private final List<HandlerMethod> methods = new ArrayList<>();

	private final Set<String> names;

	private final @Nullable HandlerMethod loop;

	/** Other declarations of the same methods: of interfaces, of proxies. */
	private final Map<Method, HandlerMethod> declarations = new ConcurrentHashMap<>();

	private HandlerType(Class<?> type) {
		this.type = type;
		List<String> problems = new ArrayList<>();
		if (type.isHidden()) {
			problems.add(
					"the object is a lambda or method reference, or of another hidden class, which cannot be extended; pass an object of a named class, which may call the lambda");
		}
		else if (isFinal(type)) {
			problems.add("the class is final, and its callers need a subclass of it; %s".formatted(
					KotlinCode.wrote(type) ? KotlinCode.REMEDY + " (data classes, objects and enums can't be handlers)"
							: "remove 'final' (records and enums can't be handlers)"));
		}
		HandlerMethod foundLoop = null;
		for (Method method : overridable(type, problems)) {
			HandlerMethod known = describe(type, method);
			if (method.isAnnotationPresent(ProcessingLoop.class)) {
				foundLoop = checkedLoop(known, foundLoop, problems);
			}
			this.methods.add(known);
		}
		this.loop = foundLoop;
		this.names = this.methods.stream().map(HandlerMethod::name).collect(Collectors.toUnmodifiableSet());
		if (!problems.isEmpty()) {
			throw new InvalidHandlerException(type, problems);
		}
	}

	/**
	 * Returns the metadata of a class.
	 * @param type a handler's class, or an interface that handlers are called by
	 * @return the metadata, always the same object
	 * @throws InvalidHandlerException if it cannot be a handler; lists every reason
	 */
	public static HandlerType of(Class<?> type) {
		return TYPES.get(Objects.requireNonNull(type, "type"));
	}

	/**
	 * Returns the class.
	 * @return the class or interface described
	 */
	public Class<?> type() {
		return this.type;
	}

	/** Returns the name of handlers without a name of their own. */
	String name() {
		// An anonymous class has no simple name.
		return this.type.isAnonymousClass() ? this.type.getName().substring(this.type.getPackageName().length() + 1)
				: this.type.getSimpleName();
	}

	/**
	 * Returns whether the class has a {@link ProcessingLoop}.
	 * @return whether its owner runs a loop of the class's own
	 */
	public boolean hasLoop() {
		return this.loop != null;
	}

	/**
	 * Returns a method that makes sense on a handler only, to find classes that should be
	 * handlers.
	 * @param type any class
	 * @return a method of the class or a superclass with an annotation for methods of
	 * handlers; empty if there is none
	 */
	public static Optional<Method> annotated(Class<?> type) {
		Objects.requireNonNull(type, "type");
		for (Class<?> level = type; level != null && level != Object.class; level = level.getSuperclass()) {
			for (Method method : level.getDeclaredMethods()) {
				if (!method.isSynthetic() && OURS.stream().anyMatch(method::isAnnotationPresent)) {
					return Optional.of(method);
				}
			}
		}
		return Optional.empty();
	}

	/**
	 * Checks the methods against the states of the target, which may be a state machine.
	 * @param states the names of its states; empty if it is no state machine
	 * @throws InvalidHandlerException if a method is {@link InState} of an unknown state,
	 * or a machine has a processing loop; lists every reason
	 */
	public void checkStates(Collection<String> states) {
		Objects.requireNonNull(states, "states");
		List<String> problems = new ArrayList<>();
		if (this.loop != null && !states.isEmpty()) {
			problems.add(
					"%s is @ProcessingLoop in a state machine, whose loops are the bodies of its states; make it a state, and let calls in with DeferredCalls.current().process()"
						.formatted(signature(this.loop.method())));
		}
		for (HandlerMethod method : this.methods) {
			InState required = method.required();
			if (required != null) {
				checkRequired(signature(method.method()), required, method, states, problems);
			}
		}
		if (!problems.isEmpty()) {
			throw new InvalidHandlerException(this.type, problems);
		}
	}

	private static void checkRequired(String name, InState required, HandlerMethod method, Collection<String> states,
			List<String> problems) {
		if (states.isEmpty()) {
			problems
				.add("%s is @InState, but the handler is no state machine; give it @State methods, or remove @InState"
					.formatted(name));
		}
		else if (states.contains(method.name()) || method.method().isAnnotationPresent(ProcessingLoop.class)) {
			problems
				.add("%s is @InState, but calls of it bypass the mailbox and cannot wait for a state; remove @InState"
					.formatted(name));
		}
		else if (required.value().length == 0) {
			problems.add("%s is @InState without a state; name one of %s".formatted(name, states));
		}
		for (String state : required.value()) {
			if (!states.isEmpty() && !states.contains(state)) {
				problems
					.add("%s is @InState(\"%s\"), which is no state; the states are %s".formatted(name, state, states));
			}
		}
	}

	/**
	 * Returns whether objects of a type run their steps when they are subscribed to, and
	 * so outside the turn of the body that returned them.
	 * @param type any class
	 * @return whether it is a reactive type
	 */
	public static boolean isReactive(Class<?> type) {
		return Leaving.isReactive(Objects.requireNonNull(type, "type"));
	}

	/**
	 * Returns whether a method is read-only.
	 * @param method a method of this type, or one that it implements
	 * @return whether it is {@link ReadOnly}
	 */
	public boolean isReadOnly(Method method) {
		return method(Objects.requireNonNull(method, "method")).readOnly();
	}

	/**
	 * Returns the methods whose calls are stored until their body has returned.
	 * @return the methods, in no order
	 */
	public List<Method> durableMethods() {
		return this.methods.stream().filter(HandlerMethod::durable).map(HandlerMethod::method).toList();
	}

	boolean hasUrgent() {
		return this.methods.stream().anyMatch(HandlerMethod::urgent);
	}

	boolean hasReadOnly() {
		return this.methods.stream().anyMatch(HandlerMethod::readOnly);
	}

	@Nullable HandlerMethod loop() {
		return this.loop;
	}

	List<HandlerMethod> methods() {
		return this.methods;
	}

	Set<String> names() {
		return this.names;
	}

	/** Returns the method of this type that corresponds to a declaration elsewhere. */
	HandlerMethod method(Method declared) {
		HandlerMethod known = this.declarations.get(declared);
		return (known != null) ? known : this.declarations.computeIfAbsent(declared, this::find);
	}

	private HandlerMethod find(Method declared) {
		for (HandlerMethod known : this.methods) {
			if (Signatures.same(this.type, known.method(), declared)) {
				return known;
			}
		}
		return describe(declared.getDeclaringClass(), declared);
	}

	/**
	 * Returns the instance methods that a view can override; adds those it should but
	 * cannot to the problems.
	 */
	private static List<Method> overridable(Class<?> type, List<String> problems) {
		Map<String, Method> found = new LinkedHashMap<>();
		for (Class<?> level = type; level != null && level != Object.class; level = level.getSuperclass()) {
			for (Method method : level.getDeclaredMethods()) {
				if (!method.isSynthetic() && !isObjectMethod(method)) {
					collect(type, method, found, problems);
				}
			}
		}
		for (Method method : type.getMethods()) {
			if (method.getDeclaringClass().isInterface() && !method.isSynthetic() && !isObjectMethod(method)) {
				collect(type, method, found, problems);
			}
		}
		return List.copyOf(found.values());
	}

	private static boolean isFinal(Class<?> type) {
		return Modifier.isFinal(type.getModifiers()) && !type.isInterface();
	}

	private static void collect(Class<?> type, Method method, Map<String, Method> found, List<String> problems) {
		int modifiers = method.getModifiers();
		boolean annotated = OURS.stream().anyMatch(method::isAnnotationPresent);
		if (Modifier.isPrivate(modifiers) || Modifier.isStatic(modifiers)) {
			if (annotated) {
				problems.add(
						"%s is %s, so calls of it cannot be intercepted; make it an instance method that is not private"
							.formatted(signature(method), Modifier.isStatic(modifiers) ? "static" : "private"));
			}
			return;
		}
		if (Modifier.isFinal(modifiers)) {
			boolean kotlin = KotlinCode.wrote(method.getDeclaringClass());
			// In Kotlin, each function of a final class is final too, and goes with it.
			if (!kotlin || !isFinal(type)) {
				problems.add("%s is final and would run on the caller's thread, on an object without fields; %s"
					.formatted(signature(method), kotlin ? KotlinCode.REMEDY : "remove 'final'"));
			}
			return;
		}
		String leaving = Leaving.problem(method);
		if (leaving != null) {
			problems.add("%s %s".formatted(signature(method), leaving));
		}
		if (method.isAnnotationPresent(Oneway.class) && method.getReturnType() != void.class) {
			problems.add("%s is @Oneway but returns %s, which no caller would ever see; make it void or remove @Oneway"
				.formatted(signature(method), method.getReturnType().getSimpleName()));
		}
		if (Hidden.isVisible(method, type)) {
			found.putIfAbsent(signature(method), method);
		}
		else if (method.getAnnotations().length > 0 && !Hidden.isReplaced(method, type)) {
			problems.add("%s %s".formatted(signature(method), Hidden.problem(method)));
		}
	}

	/**
	 * Returns the inherited methods that no subclass can override, because they are
	 * visible in their own package only. Called through a bean or a view, they bypass the
	 * mailbox and run on an object whose fields are empty.
	 * @param type any class
	 * @return a sentence for each such method, with the remedy
	 */
	public static List<String> hidden(Class<?> type) {
		return Hidden.of(Objects.requireNonNull(type, "type"))
			.stream()
			.map((method) -> signature(method) + " " + Hidden.problem(method))
			.toList();
	}

	private static HandlerMethod checkedLoop(HandlerMethod candidate, @Nullable HandlerMethod earlier,
			List<String> problems) {
		Method method = candidate.method();
		if (earlier != null) {
			problems.add("%s and %s are both @ProcessingLoop; keep one".formatted(signature(earlier.method()),
					signature(method)));
		}
		if (method.getReturnType() != void.class || method.getParameterCount() != 1
				|| method.getParameterTypes()[0] != DeferredCalls.class) {
			problems.add("%s is @ProcessingLoop; make it void with one parameter of type DeferredCalls"
				.formatted(signature(method)));
		}
		return candidate;
	}

	private static HandlerMethod describe(Class<?> type, Method method) {
		Oneway oneway = find(type, method, Oneway.class);
		return HandlerMethod.of(method, mode(method, oneway), find(type, method, Urgent.class) != null,
				find(type, method, ReadOnly.class) != null,
				// A call that cannot be stored at least waits for the commit.
				oneway != null && (oneway.phase() == OnewayPhase.AFTER_COMMIT || oneway.durable()),
				oneway != null && oneway.durable(), find(type, method, InState.class), handle(method));
	}

	private static CallMode mode(Method method, @Nullable Oneway oneway) {
		if (oneway != null) {
			return CallMode.ONEWAY;
		}
		Class<?> result = method.getReturnType();
		return (result == CompletionStage.class || result == CompletableFuture.class) ? CallMode.ASYNC : CallMode.SYNC;
	}

	/**
	 * Returns the annotation of the method, declared here or in an interface.
	 */
	private static <A extends Annotation> @Nullable A find(Class<?> type, Method method, Class<A> annotation) {
		A found = method.getAnnotation(annotation);
		for (Class<?> level = type; level != null && found == null; level = level.getSuperclass()) {
			found = findInInterfaces(type, level, method, annotation);
		}
		return found;
	}

	private static <A extends Annotation> @Nullable A findInInterfaces(Class<?> type, Class<?> level, Method method,
			Class<A> annotation) {
		for (Class<?> implemented : level.getInterfaces()) {
			for (Method declared : implemented.getMethods()) {
				A found = declared.getAnnotation(annotation);
				if (found != null && Signatures.same(type, declared, method)) {
					return found;
				}
			}
		}
		return null;
	}

	private static MethodHandle handle(Method method) {
		try {
			return MethodHandles.privateLookupIn(method.getDeclaringClass(), MethodHandles.lookup()).unreflect(method);
		}
		catch (IllegalAccessException ex) {
			throw new IllegalStateException(
					"%s cannot be called by Greenroom; open its package to Greenroom".formatted(signature(method)), ex);
		}
	}

	private static boolean isObjectMethod(Method method) {
		return switch (method.getName()) {
			case "hashCode", "toString", "clone", "finalize" -> method.getParameterCount() == 0;
			case "equals" -> method.getParameterCount() == 1 && method.getParameterTypes()[0] == Object.class;
			default -> false;
		};
	}

	static String signature(Method method) {
		return method.getName() + java.util.Arrays.stream(method.getParameterTypes())
			.map(Class::getSimpleName)
			.collect(Collectors.joining(", ", "(", ")"));
	}

	@Override
	public String toString() {
		return "HandlerType[" + this.type.getName() + "]";
	}

}
