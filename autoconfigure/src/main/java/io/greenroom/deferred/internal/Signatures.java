package io.greenroom.deferred.internal;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Decides whether two declarations are the same method of a class, such as those of a
 * generic interface and its implementation, which differ in their erased parameters.
 */
final class Signatures {

	private Signatures() {
	}

	/** Compares two methods as members of a class. */
	static boolean same(Class<?> type, Method one, Method other) {
		if (!one.getName().equals(other.getName()) || one.getParameterCount() != other.getParameterCount()) {
			return false;
		}
		if (Arrays.equals(one.getParameterTypes(), other.getParameterTypes())) {
			return true;
		}
		Map<TypeVariable<?>, Type> variables = new HashMap<>();
		collect(type, variables);
		return Arrays.equals(parameters(one, variables), parameters(other, variables));
	}

	/** Collects the type arguments that the class and its supertypes set. */
	private static void collect(@Nullable Class<?> type, Map<TypeVariable<?>, Type> variables) {
		if (type == null) {
			return;
		}
		note(type.getGenericSuperclass(), variables);
		for (Type implemented : type.getGenericInterfaces()) {
			note(implemented, variables);
		}
		collect(type.getSuperclass(), variables);
		for (Class<?> implemented : type.getInterfaces()) {
			collect(implemented, variables);
		}
	}

	private static void note(@Nullable Type type, Map<TypeVariable<?>, Type> variables) {
		if (type instanceof ParameterizedType filled && filled.getRawType() instanceof Class<?> raw) {
			Type[] arguments = filled.getActualTypeArguments();
			for (int i = 0; i < arguments.length; i++) {
				variables.putIfAbsent(raw.getTypeParameters()[i], arguments[i]);
			}
		}
	}

	private static Class<?>[] parameters(Method method, Map<TypeVariable<?>, Type> variables) {
		return Arrays.stream(method.getGenericParameterTypes())
			.map((type) -> erased(type, variables))
			.toArray(Class<?>[]::new);
	}

	private static Class<?> erased(Type type, Map<TypeVariable<?>, Type> variables) {
		return switch (type) {
			case Class<?> known -> known;
			case ParameterizedType filled -> erased(filled.getRawType(), variables);
			case GenericArrayType array ->
				Array.newInstance(erased(array.getGenericComponentType(), variables), 0).getClass();
			case TypeVariable<?> variable -> {
				Type known = variables.get(variable);
				yield erased((known != null) ? known : variable.getBounds()[0], variables);
			}
			default -> Object.class;
		};
	}

}
