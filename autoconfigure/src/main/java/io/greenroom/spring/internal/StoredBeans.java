package io.greenroom.spring.internal;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** Beans that have a name in the database, marked by attributes of their definitions. */
final class StoredBeans {

	private final Class<?> handlers;

	private final String nameAttribute;

	private final String typeAttribute;

	/**
	 * Creates the beans that a class marks.
	 * @param owner the class
	 * @param handlers the type of the lazy bean that checks marked beans and works for
	 * them; created at the start if there is a marked bean
	 */
	StoredBeans(Class<?> owner, Class<?> handlers) {
		this.handlers = handlers;
		this.nameAttribute = owner.getName() + ".name";
		this.typeAttribute = owner.getName() + ".type";
	}

	/** Marks a bean, before beans are created. */
	void mark(ConfigurableListableBeanFactory beanFactory, String beanName, String name, Class<?> type) {
		BeanDefinition definition = beanFactory.getBeanDefinition(beanName);
		definition.setAttribute(this.nameAttribute, name);
		definition.setAttribute(this.typeAttribute, type);
		for (String mine : beanFactory.getBeanNamesForType(this.handlers, false, false)) {
			beanFactory.getBeanDefinition(mine).setLazyInit(false);
		}
	}

	/**
	 * Returns the name in the database, or {@code null} for a bean that is not marked.
	 */
	@Nullable String nameOf(@Nullable BeanFactory beanFactory, String beanName) {
		return (beanFactory instanceof ConfigurableListableBeanFactory factory
				&& factory.containsBeanDefinition(beanName)
				&& factory.getBeanDefinition(beanName).getAttribute(this.nameAttribute) instanceof String name) ? name
						: null;
	}

	/** Returns the class of a marked bean. */
	Class<?> typeOf(ConfigurableListableBeanFactory beanFactory, String beanName) {
		return (Class<?>) Objects
			.requireNonNull(beanFactory.getBeanDefinition(beanName).getAttribute(this.typeAttribute));
	}

	/** Returns the marked beans with their names in the database. */
	Map<String, String> all(ConfigurableListableBeanFactory beanFactory) {
		Map<String, String> all = new TreeMap<>();
		for (String bean : beanFactory.getBeanDefinitionNames()) {
			String name = nameOf(beanFactory, bean);
			if (name != null) {
				all.put(bean, name);
			}
		}
		return all;
	}

	/** Returns the marked beans that have a name in the database. */
	List<String> named(ConfigurableListableBeanFactory beanFactory, String name) {
		return Arrays.stream(beanFactory.getBeanDefinitionNames())
			.filter((bean) -> name.equals(nameOf(beanFactory, bean)))
			.toList();
	}

}
