package io.greenroom.observe.internal;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;

/**
 * Tells what Kotlin's compiler has made, by names, because its library may be absent. The
 * remedies for such classes differ from those for Java's.
 */
public final class KotlinCode {

	private static final String METADATA = "kotlin.Metadata";

	private static final String CONTINUATION = "kotlin.coroutines.Continuation";

	/** How to make a class extensible that its author has not made final by a word. */
	public static final String REMEDY = "in Kotlin, classes and functions are final unless they are 'open': write 'open', or add the compiler plug-in kotlin-spring, which opens the classes with Spring's annotations";

	private KotlinCode() {
	}

	/** Returns whether a class was written in Kotlin. */
	public static boolean wrote(Class<?> type) {
		return Arrays.stream(type.getAnnotations())
			.anyMatch((annotation) -> annotation.annotationType().getName().equals(METADATA));
	}

	/**
	 * Returns whether the parameters, by the names of their types, are those of a
	 * suspending function.
	 */
	public static boolean isSuspending(List<String> parameterTypes) {
		return !parameterTypes.isEmpty() && parameterTypes.getLast().equals(CONTINUATION);
	}

	/** Returns whether a method is a suspending function. */
	public static boolean isSuspending(Method method) {
		return isSuspending(Arrays.stream(method.getParameterTypes()).map(Class::getName).toList());
	}

}
