package io.greenroom.durable.internal;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import io.greenroom.durable.Stored;
import io.greenroom.durable.Upgrade;
import io.greenroom.wire.Codec;
import org.jspecify.annotations.Nullable;

/**
 * What is stored of a class. For integrations; not intended for applications. Immutable.
 */
public final class DurableType {

	private final Class<?> type;

	private final int version;

	private final Map<String, Field> fields = new TreeMap<>();

	private final Map<String, Type> types = new LinkedHashMap<>();

	private final @Nullable Method upgrade;

	/**
	 * Reads a class.
	 * @param type a class without {@linkplain #problems problems}
	 * @param version the version of its stored fields
	 */
	public DurableType(Class<?> type, int version) {
		this.type = type;
		this.version = version;
		storedFields(type).forEach((field) -> {
			field.setAccessible(true);
			this.fields.put(field.getName(), field);
		});
		this.fields.forEach((name, field) -> this.types.put(name, field.getGenericType()));
		List<Method> upgrades = upgrades(type);
		this.upgrade = upgrades.isEmpty() ? null : upgrades.getFirst();
		if (this.upgrade != null) {
			this.upgrade.setAccessible(true);
		}
	}

	/**
	 * Returns whether a class or a superclass uses the annotations of durable handlers.
	 * @param type any class
	 * @return whether a field is {@link Stored} or a method is {@link Upgrade}
	 */
	public static boolean isOn(Class<?> type) {
		return !storedFields(type).isEmpty() || !upgrades(type).isEmpty();
	}

	/**
	 * Returns why a class cannot be stored.
	 * @param type the class of a durable handler
	 * @param version the version of its stored fields
	 * @return the problems, one sentence each with its remedy; empty if there are none
	 */
	public static List<String> problems(Class<?> type, int version) {
		List<String> problems = new ArrayList<>();
		if (version < 1) {
			problems.add("@Durable(version = %s): versions start at 1; use 1, and add one at each change"
				.formatted(version));
		}
		Map<String, Field> known = new LinkedHashMap<>();
		for (Field field : storedFields(type)) {
			String name = "the @Stored field '" + field.getName() + "'";
			Field other = known.putIfAbsent(field.getName(), field);
			if (other != null) {
				problems.add("%s is declared twice, in %s and in %s; rename one".formatted(name,
						other.getDeclaringClass().getSimpleName(), field.getDeclaringClass().getSimpleName()));
			}
			if (Modifier.isStatic(field.getModifiers())) {
				problems.add(name + " is static, but each key has its own; remove 'static' or @Stored");
			}
			else if (Modifier.isFinal(field.getModifiers())) {
				problems.add(name + " is final, so it can't be set from the row; remove 'final' or @Stored");
			}
		}
		List<Method> upgrades = upgrades(type);
		if (upgrades.size() > 1) {
			problems.add("%s methods are annotated with @Upgrade; keep one".formatted(upgrades.size()));
		}
		for (Method upgrade : upgrades) {
			if (Modifier.isStatic(upgrade.getModifiers()) || upgrade.getParameterCount() != 2
					|| upgrade.getParameterTypes()[0] != int.class || upgrade.getParameterTypes()[1] != Map.class) {
				problems.add(
						"the @Upgrade method '%s' is not of the form void %s(int version, Map<String, Object> stored); give it these parameters"
							.formatted(upgrade.getName(), upgrade.getName()));
			}
		}
		return problems;
	}

	/**
	 * Returns why the values of fields cannot be stored.
	 * @param type the class of a durable handler
	 * @param codec writes the fields
	 * @return the problems, one sentence each with its remedy; empty if there are none
	 */
	public static List<String> unreadable(Class<?> type, Codec codec) {
		List<String> problems = new ArrayList<>();
		for (Field field : storedFields(type)) {
			String problem = codec.problem(field.getGenericType());
			if (problem != null) {
				problems.add("the @Stored field '%s' %s".formatted(field.getName(), problem));
			}
		}
		return problems;
	}

	private static List<Field> storedFields(Class<?> type) {
		List<Field> fields = new ArrayList<>();
		for (Class<?> level = type; level != null && level != Object.class; level = level.getSuperclass()) {
			for (Field field : level.getDeclaredFields()) {
				if (field.isAnnotationPresent(Stored.class)) {
					fields.add(field);
				}
			}
		}
		return fields;
	}

	private static List<Method> upgrades(Class<?> type) {
		List<Method> methods = new ArrayList<>();
		for (Class<?> level = type; level != null && level != Object.class; level = level.getSuperclass()) {
			for (Method method : level.getDeclaredMethods()) {
				if (method.isAnnotationPresent(Upgrade.class) && !method.isSynthetic()) {
					methods.add(method);
				}
			}
		}
		return methods;
	}

	int version() {
		return this.version;
	}

	/** Returns the declared types of the stored fields. */
	Map<String, Type> types() {
		return this.types;
	}

	boolean isUpgrading() {
		return this.upgrade != null;
	}

	Map<String, @Nullable Object> values(Object target) {
		Map<String, @Nullable Object> values = new LinkedHashMap<>();
		this.fields.forEach((name, field) -> {
			try {
				values.put(name, field.get(target));
			}
			catch (IllegalAccessException ex) {
				throw new IllegalStateException(ex);
			}
		});
		return values;
	}

	/** Sets the fields that have a value in the map. */
	void set(Object target, Map<String, @Nullable Object> values) {
		values.forEach((name, value) -> {
			try {
				Objects.requireNonNull(this.fields.get(name)).set(target, value);
			}
			catch (IllegalAccessException ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	void upgrade(Object target, int from, Map<String, @Nullable Object> stored) throws Throwable {
		try {
			Objects.requireNonNull(this.upgrade).invoke(target, from, stored);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

	@Override
	public String toString() {
		return this.type.getName() + this.types.keySet();
	}

}
