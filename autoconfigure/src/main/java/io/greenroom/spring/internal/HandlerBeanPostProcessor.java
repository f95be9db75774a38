package io.greenroom.spring.internal;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
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

	/** Null until the first bean that may be a handler; all about handlers is there. */
	private transient volatile @Nullable Mailboxes mailboxes;

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
		return (bean instanceof AopInfrastructureBean || !Marks.areOfHandler(type)) ? bean
				: mailboxes().of(bean, beanName, type, isEligible(type));
	}

	private synchronized Mailboxes mailboxes() {
		Mailboxes made = this.mailboxes;
		if (made == null) {
			made = new Mailboxes(this.needs, this.loops, this.strict, super::postProcessAfterInitialization,
					this.beanFactory);
			this.mailboxes = made;
		}
		return made;
	}

	@Override
	public boolean requiresDestruction(Object bean) {
		Mailboxes made = this.mailboxes;
		return made != null && made.has(bean);
	}

	@Override
	public void postProcessBeforeDestruction(Object bean, String beanName) {
		Mailboxes made = this.mailboxes;
		if (made != null) {
			made.end(bean);
		}
	}

	/**
	 * Says which beans are handlers; replaced by the bean's own mailbox before anybody
	 * calls.
	 */
	static final class Placeholder {

		static final Advisor ADVISOR = new DefaultPointcutAdvisor(
				new AnnotationMatchingPointcut(DeferredHandler.class, true), (MethodInterceptor) (invocation) -> {
					throw new IllegalStateException("A handler was called before it had a mailbox: " + invocation);
				});

	}

}
