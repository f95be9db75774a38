package io.greenroom.spring.internal;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;

import io.greenroom.deferred.DeferredHandler;

import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * A first look at a class: whether it has annotations of handlers or machines, valid or
 * not. Loads none of the code that handles them, because most classes of an application
 * have neither. Done once for each class.
 */
final class Marks extends ClassValue<Integer> {

	private static final Marks MARKS = new Marks();

	private static final int HANDLER = 1;

	private static final int STATES = 2;

	private Marks() {
	}

	/** Returns whether a class may be a handler, or has methods like one. */
	static boolean areOfHandler(Class<?> type) {
		return !LibraryTypes.contain(type) && (MARKS.get(type) & HANDLER) != 0;
	}

	/** Returns whether a class may have states. */
	static boolean areOfStates(Class<?> type) {
		return !LibraryTypes.contain(type) && (MARKS.get(type) & STATES) != 0;
	}

	@Override
	protected Integer computeValue(Class<?> type) {
		int marks = AnnotatedElementUtils.hasAnnotation(type, DeferredHandler.class) ? HANDLER : 0;
		for (Class<?> level = type; level != null && level != Object.class; level = level.getSuperclass()) {
			marks |= onMethods(level) | onInterfaces(level);
		}
		return marks | onConstructors(type);
	}

	private static int onInterfaces(Class<?> type) {
		int marks = 0;
		for (Class<?> above : type.getInterfaces()) {
			marks |= onMethods(above) | onInterfaces(above);
		}
		return marks;
	}

	private static int onMethods(Class<?> level) {
		int marks = 0;
		try {
			for (AnnotatedElement method : level.getDeclaredMethods()) {
				for (Annotation annotation : method.getDeclaredAnnotations()) {
					marks |= mark(annotation);
				}
			}
		}
		catch (LinkageError | TypeNotPresentException missing) {
			// A class with methods whose types are not on the class path.
		}
		return marks;
	}

	/** A key is a parameter of the class's own constructor. */
	private static int onConstructors(Class<?> type) {
		int marks = 0;
		try {
			for (Constructor<?> constructor : type.getDeclaredConstructors()) {
				for (Annotation[] parameter : constructor.getParameterAnnotations()) {
					for (Annotation annotation : parameter) {
						marks |= mark(annotation);
					}
				}
			}
		}
		catch (LinkageError | TypeNotPresentException missing) {
			// A constructor with parameter types that are not on the class path.
		}
		return marks;
	}

	/**
	 * By the package, so that an annotation that is not on the class path need not be
	 * loaded.
	 */
	private static int mark(Annotation annotation) {
		return switch (annotation.annotationType().getPackageName()) {
			case "io.greenroom.deferred", "io.greenroom.keyed" -> HANDLER;
			case "io.greenroom.state" -> STATES;
			default -> 0;
		};
	}

}
