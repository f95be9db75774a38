package io.greenroom.autoconfigure;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * The bean of a type, once somebody has asked for it: {@code null} before. For who ends
 * what a bean does, and must not make it in order to end it.
 *
 * @param type the type
 * @param beans where the bean is
 */
record MadeBean<T>(Class<T> type, ListableBeanFactory beans) implements Supplier<@Nullable T> {

	@Override
	public @Nullable T get() {
		return isMade() ? this.beans.getBean(this.type) : null;
	}

	boolean isMade() {
		for (String name : this.beans.getBeanNamesForType(this.type, true, false)) {
			if (((ConfigurableListableBeanFactory) this.beans).containsSingleton(name)) {
				return true;
			}
		}
		return false;
	}

}
