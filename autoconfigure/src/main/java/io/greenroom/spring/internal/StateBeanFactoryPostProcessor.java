package io.greenroom.spring.internal;

import java.util.ArrayList;
import java.util.List;

import io.greenroom.spring.InvalidStateBeansException;
import io.greenroom.state.StateClass;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.util.ClassUtils;

/**
 * Makes Spring create beans with {@link io.greenroom.state.State @State} methods from the
 * enhanced class, whatever their scope. Fails the start with all problems of all states.
 */
public final class StateBeanFactoryPostProcessor implements BeanFactoryPostProcessor, PriorityOrdered {

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		List<String> problems = new ArrayList<>();
		for (String name : beanFactory.getBeanDefinitionNames()) {
			if (beanFactory.getBeanDefinition(name) instanceof AbstractBeanDefinition definition) {
				Class<?> type = classToMake(definition, beanFactory.getBeanClassLoader());
				if (type != null && Marks.areOfStates(type) && StateClass.isPresentOn(type)) {
					enhance(name, definition, type, new StateAnnotations(beanFactory), problems);
				}
			}
		}
		if (!problems.isEmpty()) {
			throw new InvalidStateBeansException(problems);
		}
	}

	private static void enhance(String name, AbstractBeanDefinition definition, Class<?> type,
			StateAnnotations annotations, List<String> problems) {
		List<String> found = new ArrayList<>(problemsOf(type, annotations));
		if (found.isEmpty()) {
			try {
				definition.setBeanClass(StateClass.of(type).enhanced());
			}
			catch (IllegalStateException | LinkageError ex) {
				found.add(String.valueOf(ex.getMessage()));
			}
		}
		found.forEach((problem) -> problems.add("bean '%s' (%s): %s".formatted(name, type.getName(), problem)));
	}

	private static List<String> problemsOf(Class<?> type, StateAnnotations annotations) {
		if (type.getName().contains(ClassUtils.CGLIB_CLASS_SEPARATOR) && ClassUtils.getUserClass(type) != type) {
			return List
				.of("it is a @Configuration class, which Spring subclasses itself, so it can't have states; move them to another class, or use @Configuration(proxyBeanMethods = false)");
		}
		StateClass states = StateClass.of(type);
		return states.problems().isEmpty() ? annotations.problems(states) : states.problems();
	}

	/**
	 * Returns the class whose constructor Spring will call, or {@code null} if a method
	 * or supplier creates the bean.
	 */
	private static @Nullable Class<?> classToMake(AbstractBeanDefinition definition, @Nullable ClassLoader loader) {
		if (definition.getFactoryMethodName() != null || definition.getInstanceSupplier() != null
				|| definition.getBeanClassName() == null) {
			return null;
		}
		try {
			return definition.hasBeanClass() ? definition.getBeanClass() : definition.resolveBeanClass(loader);
		}
		catch (ClassNotFoundException | LinkageError missing) {
			// Spring reports it if the bean is needed.
			return null;
		}
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

}
