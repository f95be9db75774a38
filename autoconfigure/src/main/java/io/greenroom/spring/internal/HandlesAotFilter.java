package io.greenroom.spring.internal;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.aot.BeanRegistrationExcludeFilter;
import org.springframework.beans.factory.support.RegisteredBean;

/**
 * Excludes handles from the code that Spring generates ahead of time. That code would be
 * in this package and name the handler's class, which need not be public.
 * {@link HandlerDefinitions} adds the handles at the start in that case, too.
 */
final class HandlesAotFilter implements BeanRegistrationExcludeFilter, RuntimeHintsRegistrar {

	@Override
	public boolean isExcludedFromAotProcessing(RegisteredBean registeredBean) {
		String type = registeredBean.getMergedBeanDefinition().getBeanClassName();
		return DeferredHandles.class.getName().equals(type) || KeyedHandlers.class.getName().equals(type);
	}

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.reflection().registerType(DeferredHandles.class, MemberCategory.INVOKE_DECLARED_METHODS);
		hints.reflection().registerType(KeyedHandlers.class, MemberCategory.INVOKE_DECLARED_METHODS);
		hints.resources().registerPattern("io/greenroom/jdbc/*.sql");
	}

}
