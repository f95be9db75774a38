package io.greenroom.autoconfigure;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Supplies the bean of a type if it was already created, otherwise {@code null}. For code
 * that ends the bean's work, and must not create the bean for that.
 *
 * @param type the type
 * @param beans contains the bean
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
