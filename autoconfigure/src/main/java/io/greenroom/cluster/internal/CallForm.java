package io.greenroom.cluster.internal;

import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;

import io.greenroom.wire.Codec;
import io.greenroom.wire.CodecException;
import org.jspecify.annotations.Nullable;

/**
 * Converts arguments and results to and from text, by the types that the method declares.
 */
final class CallForm {

	private static final String VALUE = "value";

	private final Codec codec;

	CallForm(Codec codec) {
		this.codec = codec;
	}

	String arguments(Method method, @Nullable Object[] arguments) {
		Map<String, @Nullable Object> values = new LinkedHashMap<>();
		for (Object argument : arguments) {
			values.put(String.valueOf(values.size()), argument);
		}
		return this.codec.write(parameters(method), values);
	}

	@Nullable Object[] arguments(Method method, String text) {
		Map<String, @Nullable Object> values = this.codec.read(parameters(method), text);
		Class<?>[] types = method.getParameterTypes();
		@Nullable Object[] arguments = new Object[types.length];
		for (int i = 0; i < types.length; i++) {
			String name = String.valueOf(i);
			arguments[i] = values.get(name);
			if (!values.containsKey(name) || (types[i].isPrimitive() && arguments[i] == null)) {
				throw new CodecException("%s takes %s arguments, but argument %s is missing".formatted(method.getName(),
						types.length, i + 1), null);
			}
		}
		return arguments;
	}

	private static Map<String, Type> parameters(Method method) {
		Map<String, Type> parameters = new LinkedHashMap<>();
		for (Type type : method.getGenericParameterTypes()) {
			parameters.put(String.valueOf(parameters.size()), type);
		}
		return parameters;
	}

	@Nullable String result(Method method, @Nullable Object value) {
		Type type = result(method);
		return (type == void.class || type == Void.class || value == null) ? null
				: this.codec.write(Map.of(VALUE, type), Map.of(VALUE, value));
	}

	@Nullable Object result(Method method, @Nullable String text) {
		return (text != null) ? this.codec.read(Map.of(VALUE, result(method)), text).get(VALUE) : null;
	}

	/** Returns the type of the result; for a future, the type of its value. */
	private static Type result(Method method) {
		Type type = method.getGenericReturnType();
		return (CompletionStage.class.isAssignableFrom(method.getReturnType())
				&& type instanceof ParameterizedType future) ? future.getActualTypeArguments()[0] : type;
	}

}
