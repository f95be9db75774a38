package io.greenroom.spring.internal;

import io.greenroom.keyed.Keyed;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * How beans that are made by key are told from others: in a class of its own, for it is
 * asked of every injection point.
 */
final class KeyedNames {

	/** What the name of a handler's {@link Keyed} bean ends with. */
	static final String SUFFIX = ".keyed";

	/** Of the definition of a bean that is made by key: its class. */
	static final String TYPE = KeyedNames.class.getName() + ".type";

	private KeyedNames() {
	}

	/** Returns the class of a bean that is made by key, {@code null} if it is not. */
	static @Nullable Class<?> typeOf(BeanFactory beanFactory, String beanName) {
		return (beanFactory instanceof ConfigurableListableBeanFactory factory
				&& factory.containsBeanDefinition(beanName)
				&& factory.getBeanDefinition(beanName).getAttribute(TYPE) instanceof Class<?> type) ? type : null;
	}

	/** Returns the name of the bean whose {@link Keyed} one is, {@code null} for none. */
	static @Nullable String handlerOf(String beanName) {
		return beanName.endsWith(SUFFIX) ? beanName.substring(0, beanName.length() - SUFFIX.length()) : null;
	}

}
