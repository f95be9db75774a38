package io.greenroom.spring.internal;

import io.greenroom.keyed.Keyed;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Distinguishes beans that are created by key from others. A class of its own, because it
 * is consulted for every injection point.
 */
final class KeyedNames {

	/** The suffix of the name of a handler's {@link Keyed} bean. */
	static final String SUFFIX = ".keyed";

	/** An attribute of the definition of a bean that is created by key: its class. */
	static final String TYPE = KeyedNames.class.getName() + ".type";

	private KeyedNames() {
	}

	/**
	 * Returns the class of a bean that is created by key, or {@code null} for other
	 * beans.
	 */
	static @Nullable Class<?> typeOf(BeanFactory beanFactory, String beanName) {
		return (beanFactory instanceof ConfigurableListableBeanFactory factory
				&& factory.containsBeanDefinition(beanName)
				&& factory.getBeanDefinition(beanName).getAttribute(TYPE) instanceof Class<?> type) ? type : null;
	}

	/**
	 * Returns the name of the bean that a {@link Keyed} bean belongs to, or {@code null}
	 * for other beans.
	 */
	static @Nullable String handlerOf(String beanName) {
		return beanName.endsWith(SUFFIX) ? beanName.substring(0, beanName.length() - SUFFIX.length()) : null;
	}

}
