package io.greenroom.spring;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.support.MergedBeanDefinitionPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;

/**
 * Makes the mailbox of a handler the outermost advice of its bean, whatever else has
 * advised it meanwhile.
 * <p>
 * It is a post-processor for merged definitions only because those come last of all;
 * whose order says what does not matter then.
 */
public final class HandlerAdviceOrder implements MergedBeanDefinitionPostProcessor {

	/** Makes the post-processor. */
	public HandlerAdviceOrder() {
	}

	@Override
	public void postProcessMergedBeanDefinition(RootBeanDefinition definition, Class<?> type, String name) {
		// Nothing to do: see the class's comment.
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof Advised outermost && DeferredHandles.handler(bean) == null) {
			moveMailbox(outermost, beanName);
		}
		return bean;
	}

	private static void moveMailbox(Advised outermost, String beanName) {
		for (Object level = outermost; level instanceof Advised advised; level = AopProxyUtils
			.getSingletonTarget(level)) {
			Advisor[] advisors = advised.getAdvisors();
			for (int i = 0; i < advisors.length; i++) {
				if (advisors[i].getAdvice() instanceof MailboxInterceptor) {
					HandlerBeanPostProcessor.refuseFrozen(outermost, beanName);
					// In this order: at no time is the bean without its mailbox.
					outermost.addAdvisor(0, advisors[i]);
					advised.removeAdvisor((level == outermost) ? i + 1 : i);
					return;
				}
			}
		}
	}

}
