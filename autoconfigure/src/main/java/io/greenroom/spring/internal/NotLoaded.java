package io.greenroom.spring.internal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Optional;

import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Collections of entities that Hibernate has not loaded, which can't be read outside of
 * the body. Hibernate is optional, so it is known by name.
 */
final class NotLoaded {

	private static final String COLLECTION = "org.hibernate.collection.spi.PersistentCollection";

	/** The question whether a collection is loaded; empty for all other classes. */
	private static final ClassValue<Optional<Method>> QUESTION = new ClassValue<>() {

		@Override
		protected Optional<Method> computeValue(Class<?> type) {
			for (Class<?> each : ClassUtils.getAllInterfacesForClass(type)) {
				if (each.getName().equals(COLLECTION)) {
					return Optional.ofNullable(ReflectionUtils.findMethod(each, "wasInitialized"));
				}
			}
			return Optional.empty();
		}

	};

	private NotLoaded() {
	}

	/** Returns whether an object is such a collection. Does not load it. */
	static boolean is(Object object) {
		Method wasInitialized = QUESTION.get(object.getClass()).orElse(null);
		try {
			return wasInitialized != null && Boolean.FALSE.equals(wasInitialized.invoke(object));
		}
		catch (IllegalAccessException | InvocationTargetException unknown) {
			// Another version of Hibernate; nothing is said about it.
			return false;
		}
	}

}
