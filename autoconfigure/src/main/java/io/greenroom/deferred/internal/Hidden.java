package io.greenroom.deferred.internal;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds inherited methods that are invisible to a handler's class, because they are
 * visible in their own package only and that is a different one.
 */
final class Hidden {

	/** Classes whose packages never call user code. */
	private static final List<String> OTHERS = List.of("java.", "javax.", "jdk.", "jakarta.");

	private Hidden() {
	}

	/** Returns those of a class that no subclass replaces. */
	static List<Method> of(Class<?> type) {
		List<Method> hidden = new ArrayList<>();
		for (Class<?> level = type; level != null && level != Object.class; level = level.getSuperclass()) {
			if (level.isInterface() || OTHERS.stream().anyMatch(level.getName()::startsWith)) {
				break;
			}
			for (Method method : level.getDeclaredMethods()) {
				if (!method.isSynthetic() && !Modifier.isPrivate(method.getModifiers())
						&& !Modifier.isStatic(method.getModifiers()) && !isVisible(method, type)
						&& !isReplaced(method, type)) {
					hidden.add(method);
				}
			}
		}
		return hidden;
	}

	/** Returns whether a subclass in the type's own package can override a method. */
	static boolean isVisible(Method method, Class<?> type) {
		return Modifier.isPublic(method.getModifiers()) || Modifier.isProtected(method.getModifiers())
				|| isOfPackage(method.getDeclaringClass(), type);
	}

	/**
	 * Returns whether a class in between has overridden the method with wider visibility.
	 * What overrides that one overrides the method too.
	 */
	static boolean isReplaced(Method method, Class<?> type) {
		Class<?> declaring = method.getDeclaringClass();
		for (Class<?> level = type; level != null && level != declaring; level = level.getSuperclass()) {
			if (isOfPackage(level, declaring)
					&& Arrays.stream(level.getDeclaredMethods()).anyMatch((lower) -> overrides(lower, method, type))) {
				return true;
			}
		}
		return false;
	}

	private static boolean overrides(Method lower, Method method, Class<?> type) {
		return lower.getName().equals(method.getName()) && !Modifier.isStatic(lower.getModifiers())
				&& Arrays.equals(lower.getParameterTypes(), method.getParameterTypes()) && isVisible(lower, type);
	}

	private static boolean isOfPackage(Class<?> one, Class<?> other) {
		return one.getPackageName().equals(other.getPackageName()) && one.getClassLoader() == other.getClassLoader();
	}

	/** Returns what is wrong with such a method, to follow its name. */
	static String problem(Method method) {
		return "is visible in the package of %s only, so calls of it cannot be intercepted: called on the bean, it bypasses the mailbox and runs on the empty fields of a proxy; make it public or protected"
			.formatted(method.getDeclaringClass().getName());
	}

}
