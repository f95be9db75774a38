package io.greenroom.spring;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.deferred.InvalidHandlerException;
import io.greenroom.deferred.internal.Handler;
import io.greenroom.deferred.internal.HandlerType;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

/**
 * Puts a mailbox in front of {@link DeferredHandler} beans: in the proxy that the bean
 * has already, or in one made for it. Also starts the handlers' loops with the context.
 * <p>
 * Right behind the auto-proxy creators, and before all who keep the bean to call it
 * later, for {@code @Scheduled} or a message listener: what they keep must have the
 * mailbox. {@link HandlerAdviceOrder} puts it in front of the advice that comes after.
 * <p>
 * A handler ends with its bean, before whose own destruction accepted calls still run: in
 * a context that closes the scheduler's drain has done so already, but not for a bean of
 * a scope, or of a context whose parent goes on.
 */
public final class HandlerBeanPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor
		implements DestructionAwareBeanPostProcessor, SmartInstantiationAwareBeanPostProcessor {

	private static final long serialVersionUID = 1L;

	private final transient HandlerNeeds needs;

	private final transient HandlerLoops loops;

	private final boolean strict;

	/** By bean name; handlers that were handed out before they were complete. */
	private final transient Map<String, Object> early = new ConcurrentHashMap<>();

	/** Of the beans alive. A handler is kept by its proxy, and by nothing here. */
	private final transient WeakIdentityMap<Handler> handlers = new WeakIdentityMap<>();

	/**
	 * Makes the post-processor.
	 * @param needs what handlers are made with, asked when the first one is made
	 * @param loops starts the handlers' loops
	 * @param strict whether a body that returns the handler's own mutable state is an
	 * error
	 */
	public HandlerBeanPostProcessor(HandlerNeeds needs, HandlerLoops loops, boolean strict) {
		this.strict = strict;
		this.needs = needs;
		this.loops = loops;
		setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
	}

	/**
	 * Says of a handle that it is one, also when its instance is made already: only with
	 * that type its definition tells of what.
	 */
	@Override
	public @Nullable Class<?> predictBeanType(Class<?> beanClass, String beanName) {
		return (beanName.endsWith(HandlerDefinitions.SUFFIX) && Deferred.class.isAssignableFrom(beanClass))
				? Deferred.class : null;
	}

	@Override
	public Class<?> determineBeanType(Class<?> beanClass, String beanName) {
		return isEligible(beanClass) ? super.determineBeanType(beanClass, beanName) : beanClass;
	}

	/** The advice is made for the first handler: many an application has none. */
	@Override
	protected boolean isEligible(Class<?> targetClass) {
		if (this.advisor == null && AnnotatedElementUtils.hasAnnotation(targetClass, DeferredHandler.class)) {
			this.advisor = Placeholder.ADVISOR;
		}
		return super.isEligible(targetClass);
	}

	/** Who is in a circle with a handler gets it with its mailbox. */
	@Override
	public Object getEarlyBeanReference(Object bean, String beanName) {
		Object reference = withMailbox(bean, beanName);
		if (reference != bean) {
			this.early.put(beanName, reference);
		}
		return reference;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		Object reference = this.early.isEmpty() ? null : this.early.remove(beanName);
		if (reference != null && AopProxyUtils.getSingletonTarget(reference) == bean) {
			// What comes after must advise and keep what was handed out. At the very end
			// HandlerAdviceOrder gives the bean factory back what it expects.
			return reference;
		}
		return withMailbox(bean, beanName);
	}

	private Object withMailbox(Object bean, String beanName) {
		Class<?> type = ClassUtils.getUserClass(AopUtils.getTargetClass(bean));
		if (bean instanceof AopInfrastructureBean) {
			return bean;
		}
		if (LibraryTypes.contain(type)) {
			return bean;
		}
		if (!isEligible(type)) {
			rejectStray(type, beanName);
			return bean;
		}
		if (bean instanceof Advised advised) {
			rejectFrozen(advised, beanName);
		}
		HandlerType handlerType = handlerType(type, beanName);
		Object proxy = super.postProcessAfterInitialization(bean, beanName);
		Object target = AopProxyUtils.getSingletonTarget(proxy);
		if (!(proxy instanceof Advised advised) || target == null) {
			throw new IllegalStateException(
					"Handler bean '%s' has a proxy with a changing target, so it can't have one mailbox; annotate the target bean instead"
						.formatted(beanName));
		}
		KeyedActivation making = KeyedActivation.of(beanName);
		Handler handler = (making != null) ? making.handler() : new Handler(this.needs.scheduler(), handlerType, target,
				options(type, beanName), this.needs.transactions());
		advised.setTargetSource(new HandlerTarget(target));
		advised.removeAdvisor(Placeholder.ADVISOR);
		advised.addAdvisor(0, new DefaultPointcutAdvisor(new MailboxInterceptor(handler, this.strict,
				(making != null) ? making.known() : new MailboxInterceptor.Known())));
		if (making != null) {
			// It ends with its key.
			return proxy;
		}
		this.handlers.put(target, handler);
		this.loops.add(handler, endsWithBean(beanName));
		if (this.beanFactory != null) {
			HandlerDefinitions.addLate(this.beanFactory, beanName, type);
		}
		return proxy;
	}

	@Override
	public boolean requiresDestruction(Object bean) {
		return handlerOf(bean) != null;
	}

	@Override
	public void postProcessBeforeDestruction(Object bean, String beanName) {
		Handler handler = handlerOf(bean);
		if (handler == null) {
			return;
		}
		this.handlers.remove(bean);
		this.loops.end(handler);
	}

	/** Scopes may outlive the context, and destroy nothing for it. */
	private boolean endsWithBean(String beanName) {
		ConfigurableBeanFactory factory = this.beanFactory;
		return factory != null && factory.containsBean(beanName) && factory.isSingleton(beanName)
				&& !factory.isFactoryBean(beanName);
	}

	private @Nullable Handler handlerOf(Object bean) {
		return this.handlers.get(bean);
	}

	private static void rejectStray(Class<?> type, String beanName) {
		String stray = HandlerLint.stray(type);
		if (stray != null) {
			throw new InvalidHandlersException(Map.of(beanName, new InvalidHandlerException(type, List.of(stray))));
		}
	}

	static void rejectFrozen(Advised proxy, String beanName) {
		if (proxy.isFrozen()) {
			throw new IllegalStateException(
					"Handler bean '%s' has a frozen proxy, so its mailbox can't be the outermost advice; make the proxy without setFrozen(true)"
						.formatted(beanName));
		}
	}

	private static HandlerType handlerType(Class<?> type, String beanName) {
		try {
			return HandlerType.of(type);
		}
		catch (InvalidHandlerException ex) {
			throw new InvalidHandlersException(Map.of(beanName, ex));
		}
	}

	private HandlerOptions options(Class<?> type, String beanName) {
		DeferredHandler annotation = AnnotatedElementUtils.findMergedAnnotation(type, DeferredHandler.class);
		return HandlerAnnotation.options(java.util.Objects.requireNonNull(annotation), beanName, this.needs.options(),
				this::withoutPlaceholders);
	}

	private String withoutPlaceholders(String text) {
		String resolved = (this.beanFactory != null) ? this.beanFactory.resolveEmbeddedValue(text) : text;
		return (resolved != null) ? resolved : "";
	}

	/**
	 * Says which beans are handlers; replaced by the bean's own mailbox before anybody
	 * calls.
	 */
	private static final class Placeholder {

		static final Advisor ADVISOR = new DefaultPointcutAdvisor(
				new AnnotationMatchingPointcut(DeferredHandler.class, true), (MethodInterceptor) (invocation) -> {
					throw new IllegalStateException("A handler was called before it had a mailbox: " + invocation);
				});

	}

}
