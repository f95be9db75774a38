package io.greenroom.wire;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Converts throwables to data, and recreates them on another node: by the constructor
 * whose parameters are the throwable's properties, or by one that takes a message. No
 * other class is ever looked up by a name that was received. It must be a
 * {@link Throwable}, and is not initialized before that is certain. Safe for use by
 * multiple threads.
 */
public final class FailureForm {

	private static final int MOST_CAUSES = 16;

	private final Codec codec;

	/**
	 * Creates a form.
	 * @param codec writes the properties
	 */
	public FailureForm(Codec codec) {
		this.codec = Objects.requireNonNull(codec, "codec");
	}

	/**
	 * Converts a throwable to data. What a throwable does not tell, because its methods
	 * throw, is left out.
	 * @param failure the throwable
	 * @return the data
	 */
	public FailureData write(Throwable failure) {
		return write(failure, 0);
	}

	private FailureData write(Throwable failure, int depth) {
		Throwable cause = ask(failure::getCause, null);
		StackTraceElement[] frames = ask(failure::getStackTrace, new StackTraceElement[0]);
		return new FailureData(failure.getClass().getName(), ask(failure::getMessage, null), properties(failure),
				(frames != null) ? Arrays.stream(frames).filter(Objects::nonNull).map(FailureForm::plain).toList()
						: List.of(),
				(cause != null && cause != failure && depth < MOST_CAUSES) ? write(cause, depth + 1) : null);
	}

	/** Leaves out the class loader, which only this JVM knows. */
	private static StackTraceElement plain(StackTraceElement frame) {
		return new StackTraceElement(null, frame.getModuleName(), frame.getModuleVersion(), frame.getClassName(),
				frame.getMethodName(), frame.getFileName(), frame.getLineNumber());
	}

	private @Nullable String properties(Throwable failure) {
		for (Constructor<?> constructor : byProperties(failure.getClass())) {
			try {
				Map<String, Type> types = types(constructor);
				Map<String, @Nullable Object> values = new LinkedHashMap<>();
				for (Parameter parameter : constructor.getParameters()) {
					if (types.containsKey(parameter.getName())) {
						values.put(parameter.getName(), property(failure, parameter));
					}
				}
				String text = this.codec.write(types, values);
				this.codec.read(types, text);
				return text;
			}
			catch (Throwable unusable) {
				// Try the next constructor.
			}
		}
		return null;
	}

	private static @Nullable Object property(Throwable failure, Parameter parameter)
			throws ReflectiveOperationException {
		return Objects.requireNonNull(Property.of(failure.getClass(), parameter)).read(failure);
	}

	/** Leaves out the cause, which travels by itself. */
	private static Map<String, Type> types(Constructor<?> constructor) {
		Map<String, Type> types = new LinkedHashMap<>();
		Type[] generic = constructor.getGenericParameterTypes();
		Parameter[] parameters = constructor.getParameters();
		for (int i = 0; i < parameters.length; i++) {
			if (!Throwable.class.isAssignableFrom(parameters[i].getType())) {
				types.put(parameters[i].getName(),
						(generic.length == parameters.length) ? generic[i] : parameters[i].getType());
			}
		}
		return types;
	}

	/** Returns the constructors whose parameters are properties, the longest first. */
	private static List<Constructor<?>> byProperties(Class<?> type) {
		return Arrays.stream(type.getDeclaredConstructors())
			.filter((constructor) -> constructor.getParameterCount() > 0 && Arrays.stream(constructor.getParameters())
				.allMatch((parameter) -> parameter.isNamePresent() && Property.of(type, parameter) != null))
			.sorted(Comparator.comparingInt((Constructor<?> constructor) -> constructor.getParameterCount()).reversed())
			.toList();
	}

	/**
	 * Recreates a throwable.
	 * @param data the data
	 * @param loader the class loader
	 * @return the throwable with its stack trace and its cause; {@code null} if its class
	 * is missing or can't be instantiated
	 */
	public @Nullable Throwable read(FailureData data, ClassLoader loader) {
		Class<?> type;
		try {
			type = Class.forName(data.type(), false, loader);
		}
		catch (ClassNotFoundException | LinkageError ex) {
			return null;
		}
		if (!Throwable.class.isAssignableFrom(type) || Modifier.isAbstract(type.getModifiers())) {
			return null;
		}
		FailureData causeData = data.cause();
		Throwable cause = (causeData != null) ? readOrDescribe(causeData, loader) : null;
		Throwable made = make(type, data, cause);
		if (made != null) {
			if (cause != null && ask(made::getCause, null) == null) {
				ask(() -> made.initCause(cause), null);
			}
			ask(() -> {
				made.setStackTrace(data.frames().toArray(StackTraceElement[]::new));
				return null;
			}, null);
		}
		return made;
	}

	private Throwable readOrDescribe(FailureData data, ClassLoader loader) {
		Throwable made = read(data, loader);
		if (made != null) {
			return made;
		}
		FailureData cause = data.cause();
		Throwable described = new RuntimeException(describe(data),
				(cause != null) ? readOrDescribe(cause, loader) : null);
		described.setStackTrace(data.frames().toArray(StackTraceElement[]::new));
		return described;
	}

	/**
	 * Describes a throwable.
	 * @param data the data
	 * @return the class name and the message
	 */
	public static String describe(FailureData data) {
		return (data.message() != null) ? data.type() + ": " + data.message() : data.type();
	}

	private @Nullable Throwable make(Class<?> type, FailureData data, @Nullable Throwable cause) {
		if (data.properties() != null) {
			for (Constructor<?> constructor : byProperties(type)) {
				Throwable made = byProperties(constructor, data.properties(), cause);
				if (made != null) {
					return made;
				}
			}
		}
		String message = data.message();
		Throwable made = make(type, new Class<?>[] { String.class, Throwable.class }, message, cause);
		made = (made != null) ? made : make(type, new Class<?>[] { String.class }, message);
		return (made != null || message != null) ? made : make(type, new Class<?>[0]);
	}

	private @Nullable Throwable byProperties(Constructor<?> constructor, String text, @Nullable Throwable cause) {
		try {
			Map<String, @Nullable Object> values = this.codec.read(types(constructor), text);
			List<@Nullable Object> arguments = new ArrayList<>();
			for (Parameter parameter : constructor.getParameters()) {
				boolean thrown = Throwable.class.isAssignableFrom(parameter.getType());
				if (!thrown && !values.containsKey(parameter.getName())) {
					return null;
				}
				arguments.add(thrown ? cause : values.get(parameter.getName()));
			}
			constructor.setAccessible(true);
			return (Throwable) constructor.newInstance(arguments.toArray());
		}
		catch (ReflectiveOperationException | RuntimeException | LinkageError | StackOverflowError ex) {
			return null;
		}
	}

	private static @Nullable Throwable make(Class<?> type, Class<?>[] parameters, @Nullable Object... arguments) {
		try {
			Constructor<?> constructor = type.getDeclaredConstructor(parameters);
			if (!Modifier.isPublic(constructor.getModifiers()) || !Modifier.isPublic(type.getModifiers())) {
				constructor.setAccessible(true);
			}
			return (Throwable) constructor.newInstance(arguments);
		}
		catch (ReflectiveOperationException | RuntimeException | LinkageError | StackOverflowError ex) {
			return null;
		}
	}

	private static <T> @Nullable T ask(Question<T> question, @Nullable T otherwise) {
		try {
			return question.ask();
		}
		catch (Throwable hostile) {
			return otherwise;
		}
	}

	@FunctionalInterface
	private interface Question<T> {

		@Nullable T ask();

	}

	/** Reads the value of a constructor's parameter from a throwable. */
	@FunctionalInterface
	private interface Property {

		@Nullable Object read(Object from) throws ReflectiveOperationException;

		static @Nullable Property of(Class<?> type, Parameter parameter) {
			String name = parameter.getName();
			String getter = "get" + name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
			if (Throwable.class.isAssignableFrom(parameter.getType())) {
				return (from) -> ((Throwable) from).getCause();
			}
			for (Class<?> level = type; level != null && level != Throwable.class; level = level.getSuperclass()) {
				for (String accessor : List.of(name, getter)) {
					Property found = method(level, accessor, parameter.getType());
					if (found != null) {
						return found;
					}
				}
				Property found = field(level, name, parameter.getType());
				if (found != null) {
					return found;
				}
			}
			return (name.equals("message") && parameter.getType() == String.class)
					? (from) -> ((Throwable) from).getMessage() : null;
		}

		private static @Nullable Property method(Class<?> level, String name, Class<?> type) {
			try {
				Method method = level.getDeclaredMethod(name);
				if (!type.isAssignableFrom(method.getReturnType()) || Modifier.isStatic(method.getModifiers())) {
					return null;
				}
				method.setAccessible(true);
				return method::invoke;
			}
			catch (NoSuchMethodException | InaccessibleObjectException | SecurityException ex) {
				return null;
			}
		}

		private static @Nullable Property field(Class<?> level, String name, Class<?> type) {
			try {
				Field field = level.getDeclaredField(name);
				if (!type.isAssignableFrom(field.getType()) || Modifier.isStatic(field.getModifiers())) {
					return null;
				}
				field.setAccessible(true);
				return field::get;
			}
			catch (NoSuchFieldException | InaccessibleObjectException | SecurityException ex) {
				return null;
			}
		}

	}

}
