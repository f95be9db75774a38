package io.greenroom.state.processor;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.ExecutableType;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;

import io.greenroom.state.State;
import io.greenroom.state.internal.DeclaredMethod;
import io.greenroom.state.internal.DeclaredState;
import io.greenroom.state.internal.DeclaredStates;
import org.jspecify.annotations.Nullable;

/** Reads the states that a class declares, as seen by javac. */
final class StateElements {

	private static final String CONFIGURATION = "org.springframework.context.annotation.Configuration";

	private final ProcessingEnvironment javac;

	private final TypeElement type;

	StateElements(ProcessingEnvironment javac, TypeElement type) {
		this.javac = javac;
		this.type = type;
	}

	DeclaredStates<ExecutableElement> read() {
		List<DeclaredMethod<ExecutableElement>> methods = new ArrayList<>();
		Map<String, List<ExecutableElement>> families = new LinkedHashMap<>();
		for (TypeElement level : levels()) {
			for (ExecutableElement method : ElementFilter.methodsIn(level.getEnclosedElements())) {
				families.computeIfAbsent(signature(method), (key) -> new ArrayList<>(1)).add(method);
				methods.add(describe(method));
			}
		}
		return new DeclaredStates<>(this.type.toString(), traits(), states(families.values()), methods);
	}

	private Set<DeclaredStates.Trait> traits() {
		Set<DeclaredStates.Trait> traits = EnumSet.noneOf(DeclaredStates.Trait.class);
		Set<Modifier> modifiers = this.type.getModifiers();
		ElementKind kind = this.type.getKind();
		add(traits, DeclaredStates.Trait.PARTIAL, modifiers.contains(Modifier.ABSTRACT));
		add(traits, DeclaredStates.Trait.ENUM, kind == ElementKind.ENUM);
		add(traits, DeclaredStates.Trait.RECORD, kind == ElementKind.RECORD);
		add(traits, DeclaredStates.Trait.FINAL, modifiers.contains(Modifier.FINAL));
		add(traits, DeclaredStates.Trait.SEALED, modifiers.contains(Modifier.SEALED));
		add(traits, DeclaredStates.Trait.PRIVATE_CONSTRUCTORS,
				ElementFilter.constructorsIn(this.type.getEnclosedElements())
					.stream()
					.allMatch((constructor) -> constructor.getModifiers().contains(Modifier.PRIVATE)));
		add(traits, DeclaredStates.Trait.PROXIED_CONFIGURATION,
				Boolean.TRUE.equals(proxied(this.type, new HashSet<>())));
		return traits;
	}

	/**
	 * Returns whether Spring subclasses a configuration, or {@code null} if it is none.
	 * An annotation that is meta-annotated with {@code @Configuration} may have the
	 * attribute itself.
	 */
	private @Nullable Boolean proxied(Element annotated, Set<Element> seen) {
		for (AnnotationMirror mirror : this.javac.getElementUtils().getAllAnnotationMirrors(annotated)) {
			Element annotation = mirror.getAnnotationType().asElement();
			if (!seen.add(annotation)) {
				continue;
			}
			Boolean configured = annotation.toString().equals(CONFIGURATION) ? Boolean.TRUE : proxied(annotation, seen);
			if (configured != null) {
				return this.javac.getElementUtils()
					.getElementValuesWithDefaults(mirror)
					.entrySet()
					.stream()
					.filter((value) -> value.getKey().getSimpleName().contentEquals("proxyBeanMethods"))
					.map((value) -> Boolean.TRUE.equals(value.getValue().getValue()))
					.findFirst()
					.orElse(configured);
			}
		}
		return null;
	}

	/**
	 * Returns the most specific method of each state. An override keeps the declaration.
	 */
	private List<DeclaredState<ExecutableElement>> states(Collection<List<ExecutableElement>> families) {
		List<DeclaredState<ExecutableElement>> states = new ArrayList<>();
		for (List<ExecutableElement> family : families) {
			List<ExecutableElement> marked = family.stream()
				.filter((method) -> method.getAnnotation(State.class) != null)
				.toList();
			if (!marked.isEmpty()) {
				ExecutableElement declaring = marked.getFirst();
				ExecutableElement lowest = marked.stream()
					.filter((method) -> !isOpen(method) || method.getModifiers().contains(Modifier.STATIC))
					.findFirst()
					.orElse(family.getFirst());
				states.add(new DeclaredState<>(describe(lowest), declaring.getAnnotation(State.class),
						contradiction(declaring, marked)));
			}
		}
		return states;
	}

	/**
	 * Returns two interfaces that declare a state differently, unless the class decides.
	 */
	private List<String> contradiction(ExecutableElement first, List<ExecutableElement> marked) {
		Element home = home(first);
		State declared = first.getAnnotation(State.class);
		return marked.stream()
			.filter((method) -> home.getKind().isInterface() && !isAbove(home(method), home)
					&& !declared.equals(method.getAnnotation(State.class)))
			.findFirst()
			.map((method) -> List.of(home.getSimpleName().toString(), home(method).getSimpleName().toString()))
			.orElse(List.of());
	}

	private static Element home(ExecutableElement method) {
		return Objects.requireNonNull(method.getEnclosingElement());
	}

	private DeclaredMethod<ExecutableElement> describe(ExecutableElement method) {
		Set<Modifier> modifiers = method.getModifiers();
		Set<DeclaredMethod.Trait> traits = EnumSet.noneOf(DeclaredMethod.Trait.class);
		add(traits, DeclaredMethod.Trait.PRIVATE, modifiers.contains(Modifier.PRIVATE));
		add(traits, DeclaredMethod.Trait.FINAL, modifiers.contains(Modifier.FINAL));
		add(traits, DeclaredMethod.Trait.STATIC, modifiers.contains(Modifier.STATIC));
		add(traits, DeclaredMethod.Trait.ABSTRACT, modifiers.contains(Modifier.ABSTRACT));
		add(traits, DeclaredMethod.Trait.OUT_OF_REACH, !isOpen(method));
		add(traits, DeclaredMethod.Trait.STATE, method.getAnnotation(State.class) != null);
		return new DeclaredMethod<>(method, method.getSimpleName().toString(), home(method).toString(),
				parameters(method), erased(method.getReturnType()), traits);
	}

	private static <T> void add(Collection<T> traits, T trait, boolean has) {
		if (has) {
			traits.add(trait);
		}
	}

	/** Returns whether a method of a subclass can override it. */
	private boolean isOpen(ExecutableElement method) {
		Set<Modifier> modifiers = method.getModifiers();
		return modifiers.contains(Modifier.PUBLIC) || modifiers.contains(Modifier.PROTECTED)
				|| (!modifiers.contains(Modifier.PRIVATE) && this.javac.getElementUtils()
					.getPackageOf(method)
					.equals(this.javac.getElementUtils().getPackageOf(this.type)));
	}

	/**
	 * Returns the class and its superclasses, then the interfaces, more specific ones
	 * first.
	 */
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

	/**
	 * Returns the signature in an object of the class, with generic parameters resolved.
	 */
	private String signature(ExecutableElement method) {
		TypeMirror seen = this.javac.getTypeUtils().asMemberOf((DeclaredType) this.type.asType(), method);
		List<String> parameters = (seen instanceof ExecutableType executable)
				? executable.getParameterTypes().stream().map(this::erased).toList() : parameters(method);
		return method.getSimpleName() + parameters.toString();
	}

	private List<String> parameters(ExecutableElement method) {
		return method.getParameters().stream().map((parameter) -> erased(parameter.asType())).toList();
	}

	/**
	 * Returns the type without type arguments and without annotations, which javac's text
	 * contains.
	 */
	private String erased(TypeMirror type) {
		if (type instanceof ArrayType array) {
			return erased(array.getComponentType()) + "[]";
		}
		return switch (this.javac.getTypeUtils().erasure(type)) {
			case ArrayType array -> erased(array);
			case DeclaredType declared -> declared.asElement().toString();
			default -> type.getKind().name().toLowerCase(Locale.ROOT);
		};
	}

}
