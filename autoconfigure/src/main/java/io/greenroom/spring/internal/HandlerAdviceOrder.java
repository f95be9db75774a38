package io.greenroom.spring.internal;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;
import org.springframework.beans.factory.support.MergedBeanDefinitionPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.ApplicationListener;

/**
 * Makes the mailbox of a handler the outermost advice of its bean, whatever advice was
 * added in the meantime.
 * <p>
 * It is a post-processor for merged definitions only because these come last, regardless
 * of their order.
 */
public final class HandlerAdviceOrder
		implements MergedBeanDefinitionPostProcessor, SmartInstantiationAwareBeanPostProcessor {

	/** Beans that are exposed early and not complete yet, by bean name. */
	private final Map<String, Object> early = new ConcurrentHashMap<>();

	/** Creates the post-processor. */
	public HandlerAdviceOrder() {
	}

	@Override
	public void postProcessMergedBeanDefinition(RootBeanDefinition definition, Class<?> type, String name) {
		// Nothing to do: see the class's comment.
	}

	/**
	 * Called last here, too, so the mailbox is the outermost advice of the bean that
	 * others receive.
	 */
	@Override
	public Object getEarlyBeanReference(Object bean, String beanName) {
		if (DeferredHandles.handlerAnywhere(bean) == null) {
			return bean;
		}
		if (SpringProxies.targetOf(bean) instanceof ApplicationListener<?>) {
			throw new IllegalStateException(
					"Handler bean '%s' is an ApplicationListener in a circle of references, so its events would bypass its mailbox; use an @EventListener method instead, or break the circle with Deferred or @Lazy"
						.formatted(beanName));
		}
		this.early.put(beanName, bean);
		order(bean, beanName);
		return bean;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		Object handedOut = this.early.isEmpty() ? null : this.early.remove(beanName);
		if (handedOut != null && isRound(handedOut, bean)) {
			order(handedOut, beanName);
			guard(handedOut, beanName);
			// The bean factory then uses the exposed object as the bean.
			return SpringProxies.targetOf(bean);
		}
		order(bean, beanName);
		guard(bean, beanName);
		return bean;
	}

	/** Returns whether the exposed object contains all proxies around a bean. */
	private static boolean isRound(Object handedOut, Object bean) {
		Object level = handedOut;
		while (level != null && level != bean) {
			level = AopProxyUtils.getSingletonTarget(level);
		}
		return level != null;
	}

	private static void order(Object bean, String beanName) {
		if (bean instanceof Advised outermost && DeferredHandles.handler(bean) == null) {
			moveMailbox(outermost, beanName);
		}
	}

	private static void guard(Object bean, String beanName) {
		if (bean instanceof Advised advised && advised.getAdvisorCount() > 0
				&& advised.getAdvisors()[0].getAdvice() instanceof MailboxInterceptor mailbox) {
			TurnGuard.guard(advised, mailbox, beanName);
			KeyedActivation making = KeyedActivation.of(beanName);
			if (making != null && making.durable() != null) {
				making.durable().fence(advised, beanName);
			}
			if (!mailbox.handler().type().durableMethods().isEmpty()) {
				DeliveryInterceptor.under(advised, beanName);
			}
		}
	}

	private static void moveMailbox(Advised outermost, String beanName) {
		for (Object level = outermost; level instanceof Advised advised; level = AopProxyUtils
			.getSingletonTarget(level)) {
			Advisor[] advisors = advised.getAdvisors();
			for (int i = 0; i < advisors.length; i++) {
				if (advisors[i].getAdvice() instanceof MailboxInterceptor) {
					Mailboxes.rejectFrozen(outermost, beanName);
					// In this order, so that the bean is never without its mailbox.
					outermost.addAdvisor(0, advisors[i]);
					advised.removeAdvisor((level == outermost) ? i + 1 : i);
					return;
				}
			}
		}
	}

}
