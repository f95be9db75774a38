package io.greenroom.spring.internal;

import java.lang.reflect.Constructor;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;

import io.greenroom.state.StateInstantiator;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.core.MethodParameter;
import org.springframework.util.ClassUtils;

/**
 * Creates objects for {@link io.greenroom.state.StateMachines#create}. The arguments are
 * assigned, in their order, to constructor parameters that accept them, preferably to
 * those of exactly their type. The other parameters and the {@code @Autowired} fields and
 * methods receive beans.
 */
public final class AutowiringInstantiator implements StateInstantiator {

	private final AutowireCapableBeanFactory beanFactory;

	/**
	 * Creates the instantiator.
	 * @param beanFactory provides the beans
	 */
	public AutowiringInstantiator(AutowireCapableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	public Object instantiate(Class<?> type, @Nullable Object[] args) {
		Constructor<?> constructor = constructorFor(type, args);
		Object object = BeanUtils.instantiateClass(constructor, resolve(constructor, args));
		this.beanFactory.autowireBean(object);
		return object;
	}

	private static Constructor<?> constructorFor(Class<?> type, @Nullable Object[] args) {
		List<Constructor<?>> all = List.of(type.getDeclaredConstructors());
		List<Constructor<?>> marked = all.stream()
			.filter((constructor) -> constructor.isAnnotationPresent(Autowired.class))
			.toList();
		List<Constructor<?>> fitting = (marked.isEmpty() ? all : marked).stream()
			.filter((constructor) -> takes(constructor, args))
			.toList();
		List<Constructor<?>> exact = fitting.stream()
			.filter((constructor) -> constructor.getParameterCount() == args.length)
			.toList();
		List<Constructor<?>> best = exact.isEmpty() ? fitting : exact;
		if (best.size() != 1) {
			throw new IllegalArgumentException(
					"%s has %s that takes the arguments %s in this order, with beans for the rest; its constructors are %s"
						.formatted(type.getSuperclass().getSimpleName(),
								best.isEmpty() ? "no constructor" : "more than one constructor",
								Arrays.stream(args).map(ClassUtils::getDescriptiveType).toList(),
								all.stream()
									.map((constructor) -> Arrays.toString(constructor.getParameterTypes()))
									.toList()));
		}
		return best.getFirst();
	}

	private static boolean takes(Constructor<?> constructor, @Nullable Object[] args) {
		return places(constructor.getParameterTypes(), 0, args, 0) != null;
	}

	private @Nullable Object[] resolve(Constructor<?> constructor, @Nullable Object[] args) {
		Parameter[] parameters = constructor.getParameters();
		@Nullable Object[] values = new @Nullable Object[parameters.length];
		BitSet given = Objects.requireNonNull(places(constructor.getParameterTypes(), 0, args, 0));
		int next = 0;
		for (int i = 0; i < parameters.length; i++) {
			if (given.get(i)) {
				values[i] = args[next++];
			}
			else {
				values[i] = this.beanFactory
					.resolveDependency(new DependencyDescriptor(new MethodParameter(constructor, i), true), null);
			}
		}
		return values;
	}

	/**
	 * Returns the parameters that the arguments are assigned to, or {@code null} if they
	 * do not fit. Keeps their order, and prefers parameters of exactly their type to
	 * wider ones.
	 */
	private static @Nullable BitSet places(Class<?>[] parameters, int at, @Nullable Object[] args, int next) {
		if (next == args.length) {
			return new BitSet();
		}
		if (at == parameters.length) {
			return null;
		}
		BitSet here = null;
		if (ClassUtils.isAssignableValue(parameters[at], args[next])) {
			here = places(parameters, at + 1, args, next + 1);
			if (here != null) {
				here.set(at);
			}
		}
		BitSet later = places(parameters, at + 1, args, next);
		if (here == null
				|| (later != null && exact(parameters, later, args, next) > exact(parameters, here, args, next))) {
			return later;
		}
		return here;
	}

	private static int exact(Class<?>[] parameters, BitSet places, @Nullable Object[] args, int next) {
		int exact = 0;
		int arg = next;
		for (int i = places.nextSetBit(0); i >= 0; i = places.nextSetBit(i + 1)) {
			Object value = args[arg++];
			if (value != null && ClassUtils.resolvePrimitiveIfNecessary(parameters[i]) == value.getClass()) {
				exact++;
			}
		}
		return exact;
	}

}
