package io.greenroom.spring;

import java.lang.reflect.Constructor;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.List;

import io.greenroom.state.StateInstantiator;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.core.MethodParameter;
import org.springframework.util.ClassUtils;

/**
 * Makes objects for {@link io.greenroom.state.StateMachines#create}: each argument goes
 * to the next constructor parameter that it fits, the other parameters and the
 * {@code @Autowired} fields and methods get beans.
 */
public final class AutowiringInstantiator implements StateInstantiator {

	private final AutowireCapableBeanFactory beanFactory;

	/**
	 * Makes the instantiator.
	 * @param beanFactory where the beans come from
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
		int given = 0;
		for (Class<?> parameter : constructor.getParameterTypes()) {
			if (given < args.length && ClassUtils.isAssignableValue(parameter, args[given])) {
				given++;
			}
		}
		return given == args.length;
	}

	private @Nullable Object[] resolve(Constructor<?> constructor, @Nullable Object[] args) {
		Parameter[] parameters = constructor.getParameters();
		@Nullable Object[] values = new @Nullable Object[parameters.length];
		int given = 0;
		for (int i = 0; i < parameters.length; i++) {
			if (given < args.length && ClassUtils.isAssignableValue(parameters[i].getType(), args[given])) {
				values[i] = args[given++];
			}
			else {
				values[i] = this.beanFactory
					.resolveDependency(new DependencyDescriptor(new MethodParameter(constructor, i), true), null);
			}
		}
		return values;
	}

}
