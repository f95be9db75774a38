package io.greenroom.spring.internal;

import java.io.Serial;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.greenroom.deferred.Deferred;
import io.greenroom.keyed.Key;
import io.greenroom.keyed.Keyed;
import io.greenroom.keyed.internal.KeyType;
import io.greenroom.observe.internal.Failures;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.BeanCurrentlyInCreationException;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.config.BeanDefinitionHolder;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.annotation.ContextAnnotationAutowireCandidateResolver;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;

/**
 * Resolves an injection point {@code Deferred<T>} in the same way as {@code T}, by
 * interface, qualifier, primary and name, and injects the handle of that bean. A {@code
 * Deferred<T>} bean of the application takes precedence.
 */
final class DeferredCandidateResolver extends ContextAnnotationAutowireCandidateResolver {

	/** Called for injection points, where the name of the requesting bean is known. */
	@Override
	public @Nullable Object getLazyResolutionProxyIfNecessary(DependencyDescriptor descriptor,
			@Nullable String beanName) {
		MethodParameter parameter = descriptor.getMethodParameter();
		if (parameter != null && parameter.hasParameterAnnotation(Key.class)) {
			return key(beanName);
		}
		Object lazy = super.getLazyResolutionProxyIfNecessary(descriptor, beanName);
		return (lazy != null || !isDeferred(descriptor)) ? lazy : resolve(descriptor, beanName);
	}

	/** Called for what is resolved later: providers, optionals and lazy proxies. */
	@Override
	public @Nullable Object getSuggestedValue(DependencyDescriptor descriptor) {
		Object value = super.getSuggestedValue(descriptor);
		// A stream of a provider collects beans, and does not look one up.
		return (value != null || !isDeferred(descriptor) || !descriptor.usesStandardBeanLookup()) ? value
				: resolve(descriptor, null);
	}

	/**
	 * Called for collections, which contain Greenroom's handles where they would contain
	 * the handlers.
	 */
	@Override
	public boolean isAutowireCandidate(BeanDefinitionHolder candidate, DependencyDescriptor descriptor) {
		if (super.isAutowireCandidate(candidate, descriptor)) {
			return !isKeyed(candidate, descriptor);
		}
		if (isKeyedByInterface(candidate, descriptor)) {
			return true;
		}
		if (!isDeferred(descriptor) || !(getBeanFactory() instanceof DefaultListableBeanFactory beanFactory)) {
			return false;
		}
		String handler = HandlerDefinitions.handlerOf(candidate.getBeanName(), beanFactory);
		if (handler == null) {
			return false;
		}
		DependencyDescriptor nested = HandlerDescriptor.of(descriptor);
		return beanFactory.isTypeMatch(handler, nested.getResolvableType())
				&& beanFactory.isAutowireCandidate(handler, nested);
	}

	/** The key is used as it is, without resolving placeholders or expressions. */
	private Object key(@Nullable String beanName) {
		KeyedActivation making = KeyedActivation.of(beanName);
		if (making != null) {
			return making.key();
		}
		BeanFactory beanFactory = getBeanFactory();
		Class<?> type = (beanName != null && beanFactory != null) ? KeyedNames.typeOf(beanFactory, beanName) : null;
		if (type != null) {
			throw KeyedDefinitions.rejected(Objects.requireNonNull(beanName), type);
		}
		throw new IllegalStateException(
				"@Key is only valid on a constructor parameter of a @DeferredHandler class, but was found at bean '%s'"
					.formatted(beanName));
	}

	/**
	 * Returns whether a candidate is created by key, and therefore no candidate. Throws
	 * if it is requested directly.
	 */
	private boolean isKeyed(BeanDefinitionHolder candidate, DependencyDescriptor descriptor) {
		BeanFactory beanFactory = getBeanFactory();
		Class<?> type = (beanFactory != null) ? KeyedNames.typeOf(beanFactory, candidate.getBeanName()) : null;
		if (type != null && descriptor.getDependencyType() == type) {
			throw KeyedDefinitions.rejected(candidate.getBeanName(), type);
		}
		return type != null;
	}

	/**
	 * Returns whether the injection point is {@code Keyed} of an interface or a
	 * superclass.
	 */
	private boolean isKeyedByInterface(BeanDefinitionHolder candidate, DependencyDescriptor descriptor) {
		String handler = (descriptor.getDependencyType() == Keyed.class) ? KeyedNames.handlerOf(candidate.getBeanName())
				: null;
		if (handler == null || !(getBeanFactory() instanceof DefaultListableBeanFactory beanFactory)) {
			return false;
		}
		Class<?> type = KeyedNames.typeOf(beanFactory, handler);
		if (type == null) {
			return false;
		}
		ResolvableType asked = descriptor.getResolvableType();
		Class<?> called = asked.getGeneric(1).resolve();
		return called != null && called != type && called != Object.class && asked.getGeneric(1).isAssignableFrom(type)
				&& asked.getGeneric(0).resolve() == KeyType.of(type).type()
				&& beanFactory.isAutowireCandidate(candidate.getBeanName(), RawDescriptor.of(descriptor, type));
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
		DependencyDescriptor nested = HandlerDescriptor.of(descriptor);
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
			// The handler is destroyed after the beans that call it.
			handlers.forEach((handler) -> beanFactory.registerDependentBean(handler, beanName));
		}
		return DeferredHandles.of(bean, nested.getDependencyType());
	}

	/**
	 * Returns whether the handler could not be created because it depends on a bean that
	 * is being created and waits, in the end, for this handle.
	 */
	private static boolean isCircle(BeanCreationException failure, DefaultListableBeanFactory beanFactory) {
		return Failures.causes(failure)
			.stream()
			.anyMatch(
					(cause) -> cause instanceof BeanCurrentlyInCreationException circle && circle.getBeanName() != null
							&& beanFactory.isSingletonCurrentlyInCreation(circle.getBeanName()));
	}

	/** A handle needs its handler only when it is used, which resolves the circle. */
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
	 * An injection point of {@code Keyed} of an interface, in the form that names the
	 * class.
	 */
	private static final class RawDescriptor extends DependencyDescriptor {

		@Serial
		private static final long serialVersionUID = 1L;

		private final transient ResolvableType type;

		/**
		 * A method of its own class, so that the class is loaded only when it is needed.
		 */
		static DependencyDescriptor of(DependencyDescriptor original, Class<?> type) {
			return new RawDescriptor(original, type);
		}

		private RawDescriptor(DependencyDescriptor original, Class<?> type) {
			super(original);
			this.type = ResolvableType.forClassWithGenerics(Keyed.class, KeyType.of(type).type(), type);
		}

		@Override
		public ResolvableType getResolvableType() {
			return this.type;
		}

	}

	/**
	 * The handler that an injection point of its handle asks for, equally strict.
	 */
	private static final class HandlerDescriptor extends DependencyDescriptor {

		@Serial
		private static final long serialVersionUID = 1L;

		private final DependencyDescriptor handle;

		/**
		 * A method of its own class, so that the class is loaded only when it is needed.
		 */
		static DependencyDescriptor of(DependencyDescriptor handle) {
			return new HandlerDescriptor(handle);
		}

		private HandlerDescriptor(DependencyDescriptor handle) {
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
