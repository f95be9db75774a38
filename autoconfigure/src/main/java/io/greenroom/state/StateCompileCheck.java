package io.greenroom.state;

import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.ExecutableType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;
import javax.tools.Diagnostic;

import org.jspecify.annotations.Nullable;

/**
 * Checks the states of one class as javac sees it. The same rules as {@link StateScanner}
 * has for the loaded class, where the sources can break them.
 */
final class StateCompileCheck {

	private static final String HANDLE = StateHandle.class.getName();

	/** The parameters that any throwable fits. */
	private static final Set<List<String>> TAKES_ANY = Set.of(List.of(Throwable.class.getName()),
			List.of(Object.class.getName()), List.of(Serializable.class.getName()));

	private final ProcessingEnvironment javac;

	private final TypeElement type;

	/** The most specific method of each state, by name. */
	private final Map<String, ExecutableElement> methods = new TreeMap<>();

	private final Map<String, State> declared = new HashMap<>();

	StateCompileCheck(ProcessingEnvironment javac, TypeElement type) {
		this.javac = javac;
		this.type = type;
	}

	void run() {
		collect();
		if (this.methods.isEmpty()) {
			return;
		}
		this.methods.values().forEach(this::checkMethod);
		if (this.type.getModifiers().contains(Modifier.ABSTRACT)) {
			// What it lacks its subclasses may have.
			return;
		}
		checkClass();
		this.declared.forEach((name, state) -> {
			checkTargets(name, state);
			checkRestart(name, state);
			checkTimeout(name, state);
			checkOnStart(name, state);
			checkOnError(name, state);
		});
		checkReachable();
	}

	private void checkClass() {
		Set<Modifier> modifiers = this.type.getModifiers();
		if (modifiers.contains(Modifier.FINAL) || modifiers.contains(Modifier.SEALED)
				|| this.type.getKind() == ElementKind.ENUM) {
			report(this.type,
					"class %s is final or sealed, as records and enums are, and its states need a subclass; make it an ordinary, open class"
						.formatted(this.type.getSimpleName()));
		}
		else if (ElementFilter.constructorsIn(this.type.getEnclosedElements())
			.stream()
			.allMatch((constructor) -> constructor.getModifiers().contains(Modifier.PRIVATE))) {
			report(this.type,
					"class %s has private constructors only, as a private class has where none is written; make one package-private or wider"
						.formatted(this.type.getSimpleName()));
		}
	}

	/** The most specific method of each state; an override keeps the declaration. */
	private void collect() {
		Map<String, List<ExecutableElement>> families = new LinkedHashMap<>();
		for (TypeElement level : levels()) {
			for (ExecutableElement method : ElementFilter.methodsIn(level.getEnclosedElements())) {
				families.computeIfAbsent(signature(method), (key) -> new ArrayList<>(1)).add(method);
			}
		}
		for (List<ExecutableElement> family : families.values()) {
			List<ExecutableElement> marked = family.stream()
				.filter((method) -> method.getAnnotation(State.class) != null)
				.toList();
			if (!marked.isEmpty()) {
				collect(family, marked);
			}
		}
	}

	private void collect(List<ExecutableElement> family, List<ExecutableElement> marked) {
		ExecutableElement declaring = marked.getFirst();
		String name = declaring.getSimpleName().toString();
		ExecutableElement lowest = marked.stream()
			.filter((method) -> !isOpen(method))
			.findFirst()
			.orElse(family.getFirst());
		if (this.methods.putIfAbsent(name, lowest) != null) {
			report(lowest, "two methods are the state '%s'; rename one of them, or take @State off it".formatted(name));
			return;
		}
		State state = declaring.getAnnotation(State.class);
		this.declared.put(name, state);
		Element home = Objects.requireNonNull(declaring.getEnclosingElement());
		for (ExecutableElement method : marked) {
			if (home.getKind().isInterface() && !isAbove(Objects.requireNonNull(method.getEnclosingElement()), home)
					&& !method.getAnnotation(State.class).equals(state)) {
				report(this.type,
						"state '%s' is declared differently by two interfaces; put @State on a method of the class"
							.formatted(name));
				return;
			}
		}
	}

	private boolean isOpen(ExecutableElement method) {
		Set<Modifier> modifiers = method.getModifiers();
		if (modifiers.contains(Modifier.PRIVATE) || modifiers.contains(Modifier.STATIC)) {
			return false;
		}
		return modifiers.contains(Modifier.PUBLIC) || modifiers.contains(Modifier.PROTECTED)
				|| this.javac.getElementUtils()
					.getPackageOf(method)
					.equals(this.javac.getElementUtils().getPackageOf(this.type));
	}

	/** The class and what it extends, then the interfaces, narrower ones first. */
	private List<TypeElement> levels() {
		List<TypeElement> levels = new ArrayList<>();
		Set<TypeElement> interfaces = new LinkedHashSet<>();
		for (TypeElement level = this.type; level != null; level = above(level)) {
			levels.add(level);
			addInterfaces(level, interfaces);
		}
		interfaces.removeAll(levels);
		while (!interfaces.isEmpty()) {
			TypeElement narrowest = interfaces.stream()
				.filter((one) -> interfaces.stream().noneMatch((other) -> other != one && isAbove(one, other)))
				.findFirst()
				.orElseThrow();
			levels.add(narrowest);
			interfaces.remove(narrowest);
		}
		return levels;
	}

	private static void addInterfaces(TypeElement type, Set<TypeElement> found) {
		for (TypeMirror above : type.getInterfaces()) {
			if (above instanceof DeclaredType declared && declared.asElement() instanceof TypeElement element) {
				found.add(element);
				addInterfaces(element, found);
			}
		}
	}

	private boolean isAbove(Element wider, Element narrower) {
		return this.javac.getTypeUtils()
			.isSubtype(this.javac.getTypeUtils().erasure(narrower.asType()),
					this.javac.getTypeUtils().erasure(wider.asType()));
	}

	private static @Nullable TypeElement above(TypeElement level) {
		return (level.getSuperclass() instanceof DeclaredType declared
				&& declared.asElement() instanceof TypeElement superclass
				&& !superclass.getQualifiedName().contentEquals(Object.class.getName())) ? superclass : null;
	}

	/** As an object of the class has it, its generic parameters filled in. */
	private String signature(ExecutableElement method) {
		TypeMirror seen = this.javac.getTypeUtils().asMemberOf((DeclaredType) this.type.asType(), method);
		List<String> parameters = (seen instanceof ExecutableType executable)
				? executable.getParameterTypes().stream().map(this::erased).toList() : parameters(method);
		return method.getSimpleName() + parameters.toString();
	}

	private List<String> parameters(ExecutableElement method) {
		return method.getParameters().stream().map((parameter) -> erased(parameter.asType())).toList();
	}

	/** Without type arguments, and without annotations, which a text of javac's has. */
	private String erased(TypeMirror type) {
		if (type instanceof ArrayType array) {
			return erased(array.getComponentType()) + "[]";
		}
		return switch (this.javac.getTypeUtils().erasure(type)) {
			case ArrayType array -> erased(array);
			case DeclaredType declared -> declared.asElement().toString();
			default -> type.getKind().toString();
		};
	}

	private void checkMethod(ExecutableElement method) {
		for (Modifier wrong : List.of(Modifier.PRIVATE, Modifier.FINAL, Modifier.STATIC)) {
			if (method.getModifiers().contains(wrong)) {
				report(method, "state %s is %s; a state must be open to be replaced, so take that off".formatted(method,
						wrong));
			}
		}
		if (!isOpen(method) && !method.getModifiers().contains(Modifier.PRIVATE)
				&& !method.getModifiers().contains(Modifier.STATIC)) {
			report(method, "state %s of %s is package-private in another package; make it protected or public"
				.formatted(method, method.getEnclosingElement()));
		}
		if (method.getReturnType().getKind() != TypeKind.VOID) {
			report(method, "state %s returns %s, but nobody waits for a state; make it void".formatted(method,
					method.getReturnType()));
		}
	}

	private void checkTargets(String name, State state) {
		for (String target : state.transitionsTo()) {
			if (!this.methods.containsKey(target)) {
				report(name, "state '%s' has the target '%s', which is no state; the states are %s".formatted(name,
						target, this.methods.keySet()));
			}
		}
	}

	private void checkRestart(String name, State state) {
		if (state.restart() && !state.initial()) {
			report(name, "state '%s' has restart = true but not initial = true; mark it initial, or take restart off"
				.formatted(name));
		}
	}

	private void checkTimeout(String name, State state) {
		if (state.timeout().isEmpty() && state.onTimeout().isEmpty()) {
			return;
		}
		if (state.timeout().isEmpty()) {
			report(name, "state '%s' has onTimeout = \"%s\" but no timeout; say after how long".formatted(name,
					state.onTimeout()));
			return;
		}
		try {
			Durations.parse(state.timeout());
		}
		catch (IllegalArgumentException ex) {
			report(name,
					"state '%s' has timeout = \"%s\"; write a positive length of time like 200ms, 30s, 5m, PT1H (%s)"
						.formatted(name, state.timeout(), ex.getMessage()));
		}
		checkOnTimeout(name, state);
	}

	private void checkOnTimeout(String name, State state) {
		ExecutableElement target = this.methods.get(state.onTimeout());
		if (state.onTimeout().isEmpty()) {
			report(name, "state '%s' has a timeout but no onTimeout; say where to move then".formatted(name));
		}
		else if (target == null) {
			report(name, "state '%s' has onTimeout = \"%s\", which is no state; the states are %s".formatted(name,
					state.onTimeout(), this.methods.keySet()));
		}
		else if (!List.of(state.transitionsTo()).contains(state.onTimeout())) {
			report(name, "state '%s' has onTimeout = \"%s\", which its transitionsTo does not declare; add it there"
				.formatted(name, state.onTimeout()));
		}
		else if (!target.getParameters().isEmpty()) {
			report(name,
					"state '%s' has onTimeout = \"%s\", which takes arguments that a timeout does not have; name a state without parameters"
						.formatted(name, state.onTimeout()));
		}
	}

	private void checkOnError(String name, State state) {
		if (state.onError().isEmpty()) {
			return;
		}
		ExecutableElement target = this.methods.get(state.onError());
		if (target == null) {
			report(name, "state '%s' has onError = \"%s\", which is no state; the states are %s".formatted(name,
					state.onError(), this.methods.keySet()));
		}
		else if (state.onError().equals(name)) {
			report(name,
					"state '%s' has itself as onError, and would fail for ever; name another state".formatted(name));
		}
		else if (!List.of(state.transitionsTo()).contains(state.onError())) {
			report(name, "state '%s' has onError = \"%s\", which its transitionsTo does not declare; add it there"
				.formatted(name, state.onError()));
		}
		else if (!TAKES_ANY.contains(parameters(target))) {
			report(name,
					"state '%s' has onError = \"%s\", which does not take what may be thrown; write void %2$s(Throwable cause)"
						.formatted(name, state.onError()));
		}
	}

	private void checkOnStart(String name, State state) {
		if (state.onStart().isEmpty()) {
			return;
		}
		for (TypeElement level : levels()) {
			for (ExecutableElement method : ElementFilter.methodsIn(level.getEnclosedElements())) {
				if (method.getSimpleName().contentEquals(state.onStart()) && fitsOnStart(method)) {
					return;
				}
			}
		}
		report(name,
				"state '%s' has onStart = \"%s\", and no such method has the form void %2$s(StateHandle next, Object... args)"
					.formatted(name, state.onStart()));
	}

	private boolean fitsOnStart(ExecutableElement method) {
		List<String> parameters = parameters(method);
		return method.getReturnType().getKind() == TypeKind.VOID && !method.getModifiers().contains(Modifier.STATIC)
				&& method.getAnnotation(State.class) == null && (parameters.equals(List.of(HANDLE))
						|| parameters.equals(List.of(HANDLE, Object.class.getName() + "[]")));
	}

	private void checkReachable() {
		Deque<String> open = new ArrayDeque<>();
		this.declared.forEach((name, state) -> {
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
			State state = this.declared.get(name);
			if (state != null && reached.add(name)) {
				open.addAll(List.of(state.transitionsTo()));
			}
		}
		this.methods.keySet()
			.stream()
			.filter((name) -> !reached.contains(name))
			.forEach((name) -> report(name,
					"state '%s' can't be reached from an initial one; declare a transition to it, or mark it initial"
						.formatted(name)));
	}

	private void report(String state, String problem) {
		ExecutableElement method = this.methods.get(state);
		report((method != null) ? method : this.type, problem);
	}

	/** At the method, or at the class where the method is somebody else's. */
	private void report(Element where, String problem) {
		Element place = this.type.equals(where.getEnclosingElement()) ? where : this.type;
		this.javac.getMessager().printMessage(Diagnostic.Kind.ERROR, problem, place);
	}

}
