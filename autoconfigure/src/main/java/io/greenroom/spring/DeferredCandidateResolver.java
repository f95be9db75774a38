package io.greenroom.spring;

import java.io.Serial;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import io.greenroom.deferred.Deferred;
import io.greenroom.observe.Failures;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.BeanCurrentlyInCreationException;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.config.BeanDefinitionHolder;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.annotation.ContextAnnotationAutowireCandidateResolver;
import org.springframework.core.ResolvableType;

/**
 * Resolves an injection point {@code Deferred<T>} as {@code T} would be resolved there,
 * by interface, qualifier, primary and name, and injects that bean's handle. A
 * {@code Deferred<T>} bean of the user's own goes before.
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
		// A stream of a provider does not look one bean up, it collects.
		return (value != null || !isDeferred(descriptor) || !descriptor.usesStandardBeanLookup()) ? value
				: resolve(descriptor, null);
	}

	/** For what is collected: our handles go where their handlers would. */
	@Override
	public boolean isAutowireCandidate(BeanDefinitionHolder candidate, DependencyDescriptor descriptor) {
		if (super.isAutowireCandidate(candidate, descriptor)) {
			return true;
		}
		if (!isDeferred(descriptor) || !(getBeanFactory() instanceof DefaultListableBeanFactory beanFactory)) {
			return false;
		}
		String handler = HandlerDefinitions.handlerOf(candidate.getBeanName(), beanFactory);
		if (handler == null) {
			return false;
		}
		DependencyDescriptor nested = new HandlerDescriptor(descriptor);
		return beanFactory.isTypeMatch(handler, nested.getResolvableType())
				&& beanFactory.isAutowireCandidate(handler, nested);
	}

	private static boolean isDeferred(DependencyDescriptor descriptor) {
		return descriptor.getDependencyType() == Deferred.class
				&& descriptor.getResolvableType().getGeneric(0).resolve() != null;
	}

	private @Nullable Object resolve(DependencyDescriptor descriptor, @Nullable String beanName) {
		if (!(getBeanFactory() instanceof DefaultListableBeanFactory beanFactory)
				|| hasOneOfTheUsers(beanFactory, descriptor)) {
			return null;
		}
		DependencyDescriptor nested = new HandlerDescriptor(descriptor);
		Set<String> handlers = new LinkedHashSet<>();
		Object bean;
		try {
			bean = beanFactory.doResolveDependency(nested, beanName, handlers, null);
		}
		catch (BeanCreationException ex) {
			if (isCircle(ex, beanFactory)) {
				return lazy(beanFactory, nested, beanName);
			}
			throw ex;
		}
		if (bean == null) {
			return null;
		}
		if (beanName != null) {
			// The handler goes after those who call it.
			handlers.forEach((handler) -> beanFactory.registerDependentBean(handler, beanName));
		}
		return DeferredHandles.of(bean, nested.getDependencyType());
	}

	/**
	 * Returns whether the handler could not be made because a bean is wanted for it that
	 * is being made now and waits, in the end, for this handle.
	 */
	private static boolean isCircle(BeanCreationException failure, DefaultListableBeanFactory beanFactory) {
		return Failures.causes(failure)
			.stream()
			.anyMatch(
					(cause) -> cause instanceof BeanCurrentlyInCreationException circle && circle.getBeanName() != null
							&& beanFactory.isSingletonCurrentlyInCreation(circle.getBeanName()));
	}

	/** A handle needs its handler only when it is used, and that ends the circle. */
	private static Deferred<?> lazy(DefaultListableBeanFactory beanFactory, DependencyDescriptor nested,
			@Nullable String beanName) {
		return new LazyHandle<>(nested.getDependencyType().getSimpleName(),
				() -> handle(beanFactory, nested, beanName));
	}

	@SuppressWarnings("unchecked")
	private static Deferred<Object> handle(DefaultListableBeanFactory beanFactory, DependencyDescriptor nested,
			@Nullable String beanName) {
		Object bean = beanFactory.doResolveDependency(nested, beanName, null, null);
		if (bean == null) {
			throw new NoSuchBeanDefinitionException(nested.getResolvableType());
		}
		return (Deferred<Object>) DeferredHandles.of(bean, nested.getDependencyType());
	}

	private static boolean hasOneOfTheUsers(DefaultListableBeanFactory beanFactory, DependencyDescriptor descriptor) {
		for (String name : BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory, Deferred.class, true,
				descriptor.isEager())) {
			if (HandlerDefinitions.handlerOf(name, beanFactory) == null
					&& beanFactory.isAutowireCandidate(name, descriptor)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * The handler that an injection point of its handle asks for, as strictly as that
	 * does.
	 */
	private static final class HandlerDescriptor extends DependencyDescriptor {

		@Serial
		private static final long serialVersionUID = 1L;

		private final DependencyDescriptor handle;

		HandlerDescriptor(DependencyDescriptor handle) {
			super(handle);
			this.handle = handle;
			increaseNestingLevel();
		}

		@Override
		public boolean isRequired() {
			return this.handle.isRequired();
		}

		@Override
		public @Nullable Object resolveNotUnique(ResolvableType type, Map<String, Object> matchingBeans) {
			return this.handle.resolveNotUnique(type, matchingBeans);
		}

		@Override
		public boolean usesStandardBeanLookup() {
			return true;
		}

	}

}
