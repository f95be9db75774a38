package io.greenroom.spring.internal;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.greenroom.deferred.internal.HandlerType;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * Finds declarations in a handler's class that are allowed but almost always wrong,
 * because they defeat the mailbox.
 */
final class HandlerLint {

	/** By name, because these classes are optional. */
	private static final Set<String> INJECTED = Set.of("org.springframework.beans.factory.annotation.Autowired",
			"jakarta.inject.Inject", "jakarta.annotation.Resource");

	/** Types that wrap the bean of an injection point. */
	private static final Set<String> WRAPPERS = Set.of("jakarta.inject.Provider", Optional.class.getName());

	private final ConfigurableListableBeanFactory beanFactory;

	HandlerLint(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/** Returns the findings, one sentence each with its remedy. */
	List<String> look(String beanName, Class<?> type) {
		List<String> found = new ArrayList<>();
		for (Class<?> level = type; level != null && level != Object.class; level = level.getSuperclass()) {
			for (Method method : level.getDeclaredMethods()) {
				if (Modifier.isSynchronized(method.getModifiers()) && !method.isSynthetic()) {
					found.add(
							"%s is synchronized: its bodies run one at a time anyway, and another thread that holds the lock blocks the handler; remove 'synchronized'"
								.formatted(signature(method)));
				}
			}
			for (Field field : level.getDeclaredFields()) {
				lookAt(field, found);
			}
		}
		found.addAll(OutOfTurn.readLater(type));
		injectionPoints(type).stream().filter((point) -> isItself(point.type(), beanName, type)).forEach((point) -> {
			found.add(
					"%s is the handler itself: a call through it runs at once or waits in its own mailbox, while a call of 'this' is an ordinary call; call 'this', or inject Deferred<%s> for a oneway call to itself"
						.formatted(point.name(), type.getSimpleName()));
		});
		return found;
	}

	private static void lookAt(Field field, List<String> found) {
		int modifiers = field.getModifiers();
		if (!Modifier.isPublic(modifiers) || field.isSynthetic()) {
			return;
		}
		if (!Modifier.isFinal(modifiers)) {
			found.add(
					"the field '%s' is public and not final: it can be written without the mailbox, and on the injected bean it is a field of the proxy; make it private and add a method"
						.formatted(field.getName()));
		}
		else if (!Modifier.isStatic(modifiers) && holdsMutable(field.getType())) {
			found.add(
					"the field '%s' is public and holds a %s: it can be changed without the mailbox, and on the injected bean it is null; make it private and add a method"
						.formatted(field.getName(), field.getType().getSimpleName()));
		}
	}

	private static boolean holdsMutable(Class<?> type) {
		return type.isArray() || ((Collection.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type))
				&& !type.getName().startsWith("java.util.concurrent."));
	}

	private static List<Point> injectionPoints(Class<?> type) {
		List<Point> points = new ArrayList<>();
		Constructor<?>[] constructors = type.getDeclaredConstructors();
		for (Constructor<?> constructor : constructors) {
			if (constructors.length == 1 || isInjected(constructor)) {
				addParameters(constructor, "the constructor", points);
			}
		}
		for (Class<?> level = type; level != null && level != Object.class; level = level.getSuperclass()) {
			for (Field field : level.getDeclaredFields()) {
				if (isInjected(field)) {
					points.add(new Point("the field '" + field.getName() + "'", ResolvableType.forField(field, type)));
				}
			}
			for (Method method : level.getDeclaredMethods()) {
				if (isInjected(method)) {
					addParameters(method, signature(method), points);
				}
			}
		}
		return points;
	}

	private static void addParameters(Executable executable, String where, List<Point> points) {
		for (int i = 0; i < executable.getParameterCount(); i++) {
			points.add(new Point("parameter %s of %s".formatted(i + 1, where),
					ResolvableType.forMethodParameter(MethodParameter.forExecutable(executable, i))));
		}
	}

	private static boolean isInjected(AnnotatedElement element) {
		return INJECTED.stream().anyMatch((annotation) -> AnnotatedElementUtils.isAnnotated(element, annotation));
	}

	/** Returns whether the handler is the only candidate for an injection point. */
	private boolean isItself(ResolvableType asked, String beanName, Class<?> type) {
		ResolvableType wanted = unwrapped(asked);
		Class<?> wantedClass = wanted.resolve();
		if (wantedClass == null || wantedClass == Object.class || !wantedClass.isAssignableFrom(type)) {
			return false;
		}
		return Arrays.stream(this.beanFactory.getBeanNamesForType(wanted, true, false))
			.filter((name) -> !ScopedProxyUtils.isScopedTarget(name))
			.toList()
			.equals(List.of(beanName));
	}

	private static ResolvableType unwrapped(ResolvableType asked) {
		Class<?> type = asked.resolve();
		boolean wraps = type != null
				&& (ObjectFactory.class.isAssignableFrom(type) || WRAPPERS.contains(type.getName()));
		return wraps ? asked.getGeneric(0) : asked;
	}

	/**
	 * Returns what a class that is not a handler has of one, or {@code null} if there is
	 * nothing.
	 */
	static @Nullable String stray(Class<?> type) {
		if (type.isInterface()) {
			return null;
		}
		return STRAYS.get(type).orElse(null);
	}

	private static final ClassValue<Optional<String>> STRAYS = new ClassValue<>() {

		@Override
		protected Optional<String> computeValue(Class<?> type) {
			try {
				return HandlerType.annotated(type)
					.map((method) -> "%s has annotations for methods of handlers, but the class is not annotated with @DeferredHandler, so it runs on its caller's thread like any other method; annotate the class, or remove them"
						.formatted(signature(method)));
			}
			catch (LinkageError incomplete) {
				// A class with methods whose types are not on the class path.
				return Optional.empty();
			}
		}

	};

	static String signature(Method method) {
		return method.getName() + Arrays.stream(method.getParameterTypes())
			.map(Class::getSimpleName)
			.collect(java.util.stream.Collectors.joining(", ", "(", ")"));
	}

	private record Point(String name, ResolvableType type) {

	}

}
