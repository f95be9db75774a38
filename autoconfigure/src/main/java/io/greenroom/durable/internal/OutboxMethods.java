package io.greenroom.durable.internal;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

import io.greenroom.wire.Codec;
import io.greenroom.wire.CodecException;
import org.jspecify.annotations.Nullable;

/**
 * The durable methods of a handler, and the conversion of their arguments to text.
 * Arguments are stored by position, because parameter names may change. For integrations;
 * not intended for applications. Immutable.
 */
public final class OutboxMethods {

	private final Map<String, Signature> methods = new TreeMap<>();

	private final Codec codec;

	/**
	 * Reads methods.
	 * @param methods methods without {@linkplain #problems problems}
	 * @param codec writes arguments
	 */
	public OutboxMethods(Collection<Method> methods, Codec codec) {
		this.codec = codec;
		methods.forEach((method) -> this.methods.put(method.getName(), Signature.of(method)));
	}

	/**
	 * Returns why methods cannot be told apart in the database.
	 * @param methods the durable methods of a class
	 * @return the problems, one sentence each with its remedy; empty if there are none
	 */
	public static List<String> problems(Collection<Method> methods) {
		List<String> problems = new ArrayList<>();
		Set<String> names = new HashSet<>();
		for (Method method : methods) {
			if (!names.add(method.getName())) {
				problems.add(
						"two methods named '%s' are @Oneway(durable = true), but a stored call has only the name; rename one"
							.formatted(method.getName()));
			}
		}
		return problems;
	}

	/**
	 * Returns why arguments cannot be stored.
	 * @param methods the durable methods of a class
	 * @param codec writes arguments
	 * @return the problems, one sentence each with its remedy; empty if there are none
	 */
	public static List<String> unreadable(Collection<Method> methods, Codec codec) {
		List<String> problems = new ArrayList<>();
		for (Method method : methods) {
			for (int i = 0; i < method.getParameterCount(); i++) {
				String problem = codec.problem(method.getGenericParameterTypes()[i]);
				if (problem != null) {
					problems.add("the parameter '%s' of the durable method '%s' %s"
						.formatted(method.getParameters()[i].getName(), method.getName(), problem));
				}
			}
		}
		return problems;
	}

	/** Returns a method, or {@code null} if there is none with that name. */
	@Nullable Method find(String name) {
		Signature known = this.methods.get(name);
		return (known != null) ? known.method() : null;
	}

	/** Returns the names of all methods. */
	Set<String> names() {
		return this.methods.keySet();
	}

	/**
	 * Writes arguments.
	 * @throws CodecException if they cannot be written or read back
	 */
	String write(Method called, @Nullable Object[] arguments) {
		Signature known = signature(called.getName());
		Map<String, @Nullable Object> values = new LinkedHashMap<>();
		for (Object argument : arguments) {
			values.put(String.valueOf(values.size()), argument);
		}
		String text = this.codec.write(known.types(), values);
		if (!known.isPlain()) {
			this.codec.read(known.types(), text);
		}
		return text;
	}

	/**
	 * Reads arguments.
	 * @throws CodecException if they do not match the current parameters of the method
	 */
	@Nullable Object[] read(String name, String text) {
		Signature known = signature(name);
		Class<?>[] declared = known.method().getParameterTypes();
		Map<String, @Nullable Object> stored = this.codec.read(known.withOneMore(), text);
		if (stored.size() != declared.length || stored.containsKey(String.valueOf(declared.length))) {
			throw new CodecException("it has %s parameters now, and was called with %s arguments: %s"
				.formatted(declared.length, this.codec.read(text).size(), text), null);
		}
		@Nullable Object[] arguments = stored.values().toArray();
		for (int i = 0; i < declared.length; i++) {
			if (arguments[i] == null && declared[i].isPrimitive()) {
				throw new CodecException(
						"its parameter %s is a %s now, and null is stored".formatted(i + 1, declared[i]), null);
			}
		}
		return arguments;
	}

	private Signature signature(String name) {
		Signature known = this.methods.get(name);
		if (known == null) {
			throw new IllegalStateException("There is no durable method '" + name + "'; there are " + names());
		}
		return known;
	}

	/**
	 * A durable method.
	 *
	 * @param method the method
	 * @param types the types of its parameters, by position
	 * @param withOneMore the same and one more, to notice a call with more arguments
	 * @param isPlain whether each value of these types is read back as it was
	 */
	private record Signature(Method method, Map<String, Type> types, Map<String, Type> withOneMore, boolean isPlain) {

		private static final Set<Class<?>> PLAIN = Set.of(boolean.class, Boolean.class, short.class, Short.class,
				int.class, Integer.class, long.class, Long.class, String.class, UUID.class);

		static Signature of(Method method) {
			Map<String, Type> types = new LinkedHashMap<>();
			for (Type type : method.getGenericParameterTypes()) {
				types.put(String.valueOf(types.size()), type);
			}
			Map<String, Type> withOneMore = new LinkedHashMap<>(types);
			withOneMore.put(String.valueOf(types.size()), Object.class);
			return new Signature(method, types, withOneMore, PLAIN.containsAll(List.of(method.getParameterTypes())));
		}

	}

}
