package io.greenroom.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** Calls the constructor that takes the arguments as they are. */
final class ConstructorInstantiator implements StateInstantiator {

	@Override
	public Object instantiate(Class<?> type, @Nullable Object[] args) {
		List<Constructor<?>> fitting = Arrays.stream(type.getDeclaredConstructors())
			.filter((constructor) -> takes(constructor, args))
			.toList();
		List<Constructor<?>> closest = new ArrayList<>(fitting);
		closest.removeIf((constructor) -> fitting.stream().anyMatch((other) -> isCloser(other, constructor)));
		if (closest.size() != 1) {
			throw new IllegalArgumentException("%s has %s that takes the arguments %s; its constructors are %s"
				.formatted(type.getSuperclass().getSimpleName(),
						closest.isEmpty() ? "no constructor" : "more than one constructor",
						Arrays.stream(args).map(ConstructorInstantiator::typeName).toList(),
						Arrays.stream(type.getDeclaredConstructors())
							.map((constructor) -> Arrays.toString(constructor.getParameterTypes()))
							.toList()));
		}
		return call(closest.getFirst(), args);
	}

	private static String typeName(@Nullable Object arg) {
		return (arg != null) ? arg.getClass().getSimpleName() : "null";
	}

	private static boolean takes(Constructor<?> constructor, @Nullable Object[] args) {
		Class<?>[] parameters = constructor.getParameterTypes();
		if (parameters.length != args.length) {
			return false;
		}
		for (int i = 0; i < args.length; i++) {
			Object arg = args[i];
			if ((arg != null) ? !boxed(parameters[i]).isInstance(arg) : parameters[i].isPrimitive()) {
				return false;
			}
		}
		return true;
	}

	private static boolean isCloser(Constructor<?> one, Constructor<?> other) {
		if (one.equals(other)) {
			return false;
		}
		Class<?>[] others = other.getParameterTypes();
		Class<?>[] ones = one.getParameterTypes();
		for (int i = 0; i < ones.length; i++) {
			if (!boxed(others[i]).isAssignableFrom(boxed(ones[i]))) {
				return false;
			}
		}
		return true;
	}

	private static Class<?> boxed(Class<?> type) {
		return MethodType.methodType(type).wrap().returnType();
	}

	private static Object call(Constructor<?> constructor, @Nullable Object[] args) {
		try {
			Class<?> type = constructor.getDeclaringClass();
			return MethodHandles.privateLookupIn(type, MethodHandles.lookup())
				.unreflectConstructor(constructor)
				.asFixedArity()
				.invokeWithArguments(args);
		}
		catch (RuntimeException | Error thrown) {
			throw thrown;
		}
		catch (Throwable thrown) {
			throw new IllegalStateException("The constructor %s failed".formatted(constructor), thrown);
		}
	}

}
