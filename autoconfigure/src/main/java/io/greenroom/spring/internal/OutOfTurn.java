package io.greenroom.spring.internal;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.Spliterator;
import java.util.stream.BaseStream;

import io.greenroom.deferred.internal.HandlerType;

import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * Finds what could be used outside of a handler's turns: results that are read later,
 * methods that a proxy cannot intercept, and fields that others can see.
 */
final class OutOfTurn {

	/** The annotations of fields that others set, by name. */
	private static final Set<String> FILLED = Set.of("org.springframework.beans.factory.annotation.Autowired",
			"org.springframework.beans.factory.annotation.Value", "jakarta.inject.Inject",
			"jakarta.annotation.Resource", "jakarta.persistence.PersistenceContext");

	private static final List<Class<?>> READ_LATER = List.of(BaseStream.class, Iterator.class, Spliterator.class,
			Enumeration.class);

	private OutOfTurn() {
	}

	/**
	 * Returns the methods whose results are read later, one sentence each with its
	 * remedy.
	 */
	static List<String> readLater(Class<?> type) {
		List<String> found = new ArrayList<>();
		for (Class<?> level = type; level != null && !isLibrary(level); level = level.getSuperclass()) {
			for (Method method : level.getDeclaredMethods()) {
				if (isReadLater(method)) {
					found.add(
							"%s returns %s, which its caller reads after the turn, perhaps while the handler changes the underlying data; return a copy, such as a List"
								.formatted(HandlerLint.signature(method), method.getReturnType().getSimpleName()));
				}
			}
		}
		return found;
	}

	/**
	 * Returns what does harm only if it is used, one sentence each with its remedy.
	 */
	static List<String> risks(Class<?> type) {
		List<String> found = new ArrayList<>(HandlerType.hidden(type));
		List<String> fields = new ArrayList<>();
		for (Class<?> level = type; level != null && !isLibrary(level); level = level.getSuperclass()) {
			Arrays.stream(level.getDeclaredFields())
				.filter(OutOfTurn::isSeen)
				.map((field) -> "'" + field.getName() + "'")
				.forEach(fields::add);
		}
		if (!fields.isEmpty()) {
			found.add(
					"%s: not private; on the injected bean, it is a field of the proxy, which is always null, 0 or false; make it private and add a method"
						.formatted(String.join(", ", fields)));
		}
		found.addAll(NestMates.look(type));
		return found;
	}

	private static boolean isLibrary(Class<?> level) {
		return level.getName().startsWith("java.") || level.getName().startsWith("org.springframework.");
	}

	private static boolean isReadLater(Method method) {
		return !Modifier.isPrivate(method.getModifiers()) && !Modifier.isStatic(method.getModifiers())
				&& !method.isSynthetic()
				&& READ_LATER.stream().anyMatch((later) -> later.isAssignableFrom(method.getReturnType()));
	}

	/** Public fields are reported separately. */
	private static boolean isSeen(Field field) {
		int modifiers = field.getModifiers();
		return !Modifier.isPrivate(modifiers) && !Modifier.isPublic(modifiers) && !Modifier.isStatic(modifiers)
				&& !field.isSynthetic() && !isFilled(field);
	}

	private static boolean isFilled(AnnotatedElement field) {
		return FILLED.stream().anyMatch((annotation) -> AnnotatedElementUtils.isAnnotated(field, annotation));
	}

}
