package io.greenroom.spring;

import java.util.LinkedHashSet;
import java.util.Set;

import io.greenroom.deferred.Deferred;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.annotation.ContextAnnotationAutowireCandidateResolver;

/**
 * Resolves an injection point {@code Deferred<T>} as {@code T} would be resolved there,
 * by interface, qualifier, primary and name, and injects that bean's handle.
 */
final class DeferredCandidateResolver extends ContextAnnotationAutowireCandidateResolver {

	/** For injection points proper: here the name of the asking bean is known. */
	@Override
	public @Nullable Object getLazyResolutionProxyIfNecessary(DependencyDescriptor descriptor,
			@Nullable String beanName) {
		Object lazy = super.getLazyResolutionProxyIfNecessary(descriptor, beanName);
		return (lazy != null || !isDeferred(descriptor)) ? lazy : resolve(descriptor, beanName);
	}

	/** For what is resolved later: providers, optionals and lazy proxies. */
	@Override
	public @Nullable Object getSuggestedValue(DependencyDescriptor descriptor) {
		Object value = super.getSuggestedValue(descriptor);
		return (value != null || !isDeferred(descriptor)) ? value : resolve(descriptor, null);
	}

	private static boolean isDeferred(DependencyDescriptor descriptor) {
		return descriptor.getDependencyType() == Deferred.class
				&& descriptor.getResolvableType().getGeneric(0).resolve() != null;
	}

	private @Nullable Object resolve(DependencyDescriptor descriptor, @Nullable String beanName) {
		if (!(getBeanFactory() instanceof DefaultListableBeanFactory beanFactory)) {
			return null;
		}
		DependencyDescriptor nested = new DependencyDescriptor(descriptor);
		nested.increaseNestingLevel();
		Set<String> handlers = new LinkedHashSet<>();
		Object bean = beanFactory.doResolveDependency(nested, beanName, handlers, null);
		if (bean == null) {
			return null;
		}
		if (beanName != null) {
			// The handler goes after those who call it.
			handlers.forEach((handler) -> beanFactory.registerDependentBean(handler, beanName));
		}
		return DeferredHandles.of(bean, nested.getDependencyType());
	}

}
