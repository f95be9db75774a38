package io.greenroom.keyed.internal;

import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

import io.greenroom.keyed.Key;

/**
 * The key type of a class, with the conversion between keys and their text.
 *
 * @param type the type of the keys, never primitive
 */
public record KeyType(Class<?> type) {

	private static final int LONGEST = 200;

	private static final Set<Class<?>> KNOWN = Set.of(String.class, Long.class, Integer.class, UUID.class);

	private static final Map<Class<?>, Class<?>> BOXED = Map.of(long.class, Long.class, int.class, Integer.class);

	/**
	 * Returns whether a class has instances by key.
	 * @param type any class
	 * @return whether a constructor of the class has a parameter annotated with
	 * {@link Key}
	 */
	public static boolean isOn(Class<?> type) {
		return Arrays.stream(type.getDeclaredConstructors()).anyMatch((constructor) -> !keys(constructor).isEmpty());
	}

	/**
	 * Returns the key type of a class.
	 * @param type a class that has instances by key
	 * @return the type
	 * @throws IllegalArgumentException if the class cannot have keys
	 */
	public static KeyType of(Class<?> type) {
		List<String> problems = problems(type);
		if (!problems.isEmpty()) {
			throw new IllegalArgumentException(type.getName() + ": " + String.join("; ", problems));
		}
		return Arrays.stream(type.getDeclaredConstructors())
			.flatMap((constructor) -> keys(constructor).stream())
			.findFirst()
			.map((key) -> new KeyType(boxed(key.getType())))
			.orElseThrow();
	}

	/**
	 * Returns why a class cannot have instances by key.
	 * @param type a class that has a {@link Key}
	 * @return the problems, one sentence each with its remedy; empty if there are none
	 */
	public static List<String> problems(Class<?> type) {
		List<String> problems = new ArrayList<>();
		List<Constructor<?>> withKey = Arrays.stream(type.getDeclaredConstructors())
			.filter((constructor) -> !keys(constructor).isEmpty())
			.toList();
		if (withKey.isEmpty()) {
			problems.add(
					"no constructor parameter is annotated with @Key; annotate the one that receives the key, as in %s(@Key String id, …)"
						.formatted(type.getSimpleName()));
		}
		if (withKey.size() > 1) {
			problems
				.add("%s of its constructors have a @Key, so it is ambiguous which one creates an instance; keep one"
					.formatted(withKey.size()));
		}
		for (Constructor<?> constructor : withKey) {
			List<Parameter> keys = keys(constructor);
			if (keys.size() > 1) {
				problems.add(
						"%s parameters of its constructor are annotated with @Key; keep one, and put the other values into its text"
							.formatted(keys.size()));
			}
			for (Parameter key : keys) {
				if (!isUsable(boxed(key.getType()))) {
					problems.add(
							"its key is of type %s; use String, Long, Integer, UUID or an enum, whose text never changes"
								.formatted(key.getType().getName()));
				}
			}
		}
		return problems;
	}

	private static List<Parameter> keys(Executable constructor) {
		return Arrays.stream(constructor.getParameters())
			.filter((parameter) -> parameter.isAnnotationPresent(Key.class))
			.toList();
	}

	private static boolean isUsable(Class<?> type) {
		return KNOWN.contains(type) || type.isEnum();
	}

	private static Class<?> boxed(Class<?> type) {
		return BOXED.getOrDefault(type, type);
	}

	/**
	 * Returns the key with a text.
	 * @param text a result of {@link #storedText}, or the name of a constant
	 * @return the key
	 * @throws IllegalArgumentException if no key has that text
	 */
	public Object parse(String text) {
		if (this.type == String.class) {
			return text;
		}
		if (this.type == Long.class) {
			return Long.valueOf(text);
		}
		if (this.type == Integer.class) {
			return Integer.valueOf(text);
		}
		if (this.type == UUID.class) {
			return UUID.fromString(text);
		}
		return Arrays.stream(this.type.getEnumConstants())
			.filter((constant) -> ((Enum<?>) constant).name().equals(text))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException(this.type.getName() + " has no constant '" + text + "'"));
	}

	/**
	 * Returns the text of a key. {@link #parse} converts it back into the key.
	 * @param key a key
	 * @return its text
	 */
	public static String storedText(Object key) {
		return (key instanceof Enum<?> constant) ? constant.name() : key.toString();
	}

	/** Checks a key that a caller passed. Returns its text. */
	String text(Object key, String handler) {
		Objects.requireNonNull(key, () -> "The key of handler '" + handler + "' is null");
		if (!this.type.isInstance(key)) {
			throw new IllegalArgumentException("The key of handler '%s' is a %s, but its keys are of type %s"
				.formatted(handler, key.getClass().getName(), this.type.getName()));
		}
		String text = storedText(key);
		if (text.length() > LONGEST) {
			throw new IllegalArgumentException(
					"The key of handler '%s' has %s characters, beginning with '%s'; a key may have up to %s"
						.formatted(handler, text.length(), printable(text.substring(0, 40)), LONGEST));
		}
		return printable(text);
	}

	/** Keys may come from untrusted input and must not write lines into a log. */
	private static String printable(String text) {
		if (text.chars().noneMatch(Character::isISOControl)) {
			return text;
		}
		StringBuilder shown = new StringBuilder(text);
		for (int i = 0; i < shown.length(); i++) {
			if (Character.isISOControl(shown.charAt(i))) {
				shown.setCharAt(i, '?');
			}
		}
		return shown.toString();
	}

}
