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
 * Makes the mailbox of a handler the outermost advice of its bean, whatever else has
 * advised it meanwhile.
 * <p>
 * It is a post-processor for merged definitions only because those come last of all;
 * whose order says what does not matter then.
 */
public final class HandlerAdviceOrder
		implements MergedBeanDefinitionPostProcessor, SmartInstantiationAwareBeanPostProcessor {

	/** By bean name; beans that are handed out early and not complete yet. */
	private final Map<String, Object> early = new ConcurrentHashMap<>();

	/** Makes the post-processor. */
	public HandlerAdviceOrder() {
	}

	@Override
	public void postProcessMergedBeanDefinition(RootBeanDefinition definition, Class<?> type, String name) {
		// Nothing to do: see the class's comment.
	}

	/** Last of all here too, and the bean that others get has its mailbox outermost. */
	@Override
	public Object getEarlyBeanReference(Object bean, String beanName) {
		if (DeferredHandles.handlerAnywhere(bean) == null) {
			return bean;
		}
		if (SpringProxies.targetOf(bean) instanceof ApplicationListener<?>) {
			throw new IllegalStateException(
					"Handler bean '%s' is an ApplicationListener in a circle of references, and would hear its events past its mailbox; hear them with an @EventListener method instead, or take the bean out of the circle with Deferred or @Lazy"
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
			// So that the bean factory takes what it has handed out for the bean.
			return SpringProxies.targetOf(bean);
		}
		order(bean, beanName);
		guard(bean, beanName);
		return bean;
	}

	/** Returns whether all that is round a bean is in what was handed out, too. */
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
					// In this order: at no time is the bean without its mailbox.
					outermost.addAdvisor(0, advisors[i]);
					advised.removeAdvisor((level == outermost) ? i + 1 : i);
					return;
				}
			}
		}
	}

}
