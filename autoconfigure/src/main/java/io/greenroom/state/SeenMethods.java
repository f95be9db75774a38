package io.greenroom.state;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The methods of a class as its objects have them: declared and inherited ones, including
 * those of interfaces. Methods that override each other count as one, even if a generic
 * parameter makes their signatures differ.
 */
final class SeenMethods {

	/** From the class upwards, then the interfaces, more specific ones first. */
	private final List<Class<?>> levels;

	private final Map<TypeVariable<?>, Type> arguments = new HashMap<>();

	private final Map<List<Object>, List<Method>> families = new LinkedHashMap<>();

	SeenMethods(Class<?> type) {
		this.levels = levels(type);
		for (Class<?> level : this.levels) {
			if (level.getGenericSuperclass() instanceof ParameterizedType above) {
				learn(above);
			}
			for (Type above : level.getGenericInterfaces()) {
				if (above instanceof ParameterizedType generic) {
					learn(generic);
				}
			}
		}
		for (Class<?> level : this.levels) {
			for (Method method : level.getDeclaredMethods()) {
				if (!method.isSynthetic()) {
					this.families.computeIfAbsent(key(method), (key) -> new ArrayList<>(1)).add(method);
				}
			}
		}
	}

	/**
	 * Returns a class with everything that it extends and implements, except
	 * {@code Object}.
	 */
	static List<Class<?>> levels(Class<?> type) {
		List<Class<?>> levels = new ArrayList<>();
		Set<Class<?>> interfaces = new LinkedHashSet<>();
		for (Class<?> level = type; level != null && level != Object.class; level = level.getSuperclass()) {
			levels.add(level);
			addInterfaces(level, interfaces);
		}
		interfaces.removeAll(levels);
		while (!interfaces.isEmpty()) {
			Class<?> narrowest = interfaces.stream()
				.filter((one) -> interfaces.stream().noneMatch((other) -> other != one && one.isAssignableFrom(other)))
				.findFirst()
				.orElseThrow();
			levels.add(narrowest);
			interfaces.remove(narrowest);
		}
		return levels;
	}

	private static void addInterfaces(Class<?> type, Set<Class<?>> found) {
		for (Class<?> above : type.getInterfaces()) {
			found.add(above);
			addInterfaces(above, found);
		}
	}

	private void learn(ParameterizedType generic) {
		TypeVariable<?>[] variables = ((Class<?>) generic.getRawType()).getTypeParameters();
		for (int i = 0; i < variables.length; i++) {
			this.arguments.put(variables[i], generic.getActualTypeArguments()[i]);
		}
	}

	/**
	 * Returns the methods that count as one for the objects of the class, the most
	 * specific of each first.
	 */
	Collection<List<Method>> families() {
		return this.families.values();
	}

	/** Returns all methods, the most specific first. */
	List<Method> all() {
		return this.families.values()
			.stream()
			.flatMap(List::stream)
			.sorted((one, other) -> this.levels.indexOf(one.getDeclaringClass())
					- this.levels.indexOf(other.getDeclaringClass()))
			.toList();
	}

	private List<Object> key(Method method) {
		List<Object> key = new ArrayList<>();
		key.add(method.getName());
		Arrays.stream(method.getGenericParameterTypes()).map(this::erase).forEach(key::add);
		return key;
	}

	private Class<?> erase(Type type) {
		return switch (type) {
			case Class<?> plain -> plain;
			case ParameterizedType generic -> (Class<?>) generic.getRawType();
			case GenericArrayType array -> erase(array.getGenericComponentType()).arrayType();
			case WildcardType wildcard -> erase(wildcard.getUpperBounds()[0]);
			case TypeVariable<?> variable -> {
				Type argument = this.arguments.get(variable);
				yield erase((argument != null) ? argument : variable.getBounds()[0]);
			}
			default -> Object.class;
		};
	}

	/** Returns whether a method of a subclass can override a method. */
	static boolean isOpen(Method method, Class<?> from) {
		int modifiers = method.getModifiers();
		return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers)
				|| (!Modifier.isPrivate(modifiers) && isSamePackage(method.getDeclaringClass(), from));
	}

	static boolean isSamePackage(Class<?> one, Class<?> other) {
		return one.getPackageName().equals(other.getPackageName()) && one.getClassLoader() == other.getClassLoader();
	}

}
