package io.greenroom.spring.internal;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.DeferredHandler;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

/**
 * Puts a mailbox in front of {@link DeferredHandler} beans, either in the bean's existing
 * proxy or in a new one. Also starts the handlers' loops with the context.
 * <p>
 * It runs right after the auto-proxy creators, and before all post-processors that keep
 * the bean to call it later, for example for {@code @Scheduled} or a message listener,
 * because the object that they keep must have the mailbox. {@link HandlerAdviceOrder}
 * moves the mailbox in front of advice that is added later.
 * <p>
 * A handler ends with its bean. Accepted calls still run before the bean's own
 * destruction. When the context closes, the drain of the scheduler has done that already,
 * but not for a bean of a scope, or of a context whose parent stays open.
 */
public final class HandlerBeanPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor
		implements DestructionAwareBeanPostProcessor, SmartInstantiationAwareBeanPostProcessor {

	private static final long serialVersionUID = 1L;

	private final transient HandlerNeeds needs;

	private final transient HandlerLoops loops;

	private final boolean strict;

	/** Set before the first bean. */
	private transient @Nullable BeanFactory beans;

	/**
	 * Whether the advice exists, because a handler does. Written under the lock of this.
	 */
	private transient volatile boolean prepared;

	/** Handlers that were exposed before they were complete, by bean name. */
	private final transient Map<String, Object> early = new ConcurrentHashMap<>();

	/**
	 * {@code null} until the first bean that may be a handler. Holds everything about
	 * handlers.
	 */
	private transient volatile @Nullable Mailboxes mailboxes;

	/**
	 * Creates the post-processor.
	 * @param needs what handlers are created with, requested for the first handler
	 * @param loops starts the handlers' loops
	 * @param strict whether it is an error if a body returns the handler's own mutable
	 * state
	 */
	public HandlerBeanPostProcessor(HandlerNeeds needs, HandlerLoops loops, boolean strict) {
		this.strict = strict;
		this.needs = needs;
		this.loops = loops;
		setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
	}

	/** The default of proxies is a bean, which is only created for the first handler. */
	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		this.beans = beanFactory;
	}

	/**
	 * Predicts the type of a handle, even if its instance exists, because only with that
	 * type does its definition say what it is a handle of.
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

	/**
	 * The advice is created for the first handler, because many applications have none.
	 */
	@Override
	protected boolean isEligible(Class<?> targetClass) {
		if (!this.prepared && AnnotatedElementUtils.hasAnnotation(targetClass, DeferredHandler.class)) {
			prepare();
		}
		return super.isEligible(targetClass);
	}

	private synchronized void prepare() {
		if (!this.prepared) {
			if (this.beans != null) {
				super.setBeanFactory(this.beans);
			}
			this.advisor = Placeholder.ADVISOR;
			this.prepared = true;
		}
	}

	/** Beans in a circle with a handler receive it with its mailbox. */
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
			// Later post-processors must advise and keep the exposed object. At the very
			// end,
			// HandlerAdviceOrder returns to the bean factory what it expects.
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
					(this.beans instanceof ConfigurableListableBeanFactory configurable) ? configurable : null);
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
	 * Marks beans as handlers. Replaced by the bean's own mailbox before the first call.
	 */
	static final class Placeholder {

		static final Advisor ADVISOR = new DefaultPointcutAdvisor(
				new AnnotationMatchingPointcut(DeferredHandler.class, true), (MethodInterceptor) (invocation) -> {
					throw new IllegalStateException("A handler was called before it had a mailbox: " + invocation);
				});

	}

}
