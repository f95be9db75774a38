package io.greenroom.autoconfigure;

import io.greenroom.web.internal.ControllerPools;
import io.greenroom.web.internal.RejectionResolver;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.MessageSource;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.core.env.Environment;
import org.springframework.web.context.ConfigurableWebEnvironment;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * With Spring MVC, reports the rejection by a pool, a handler or a machine to clients in
 * a uniform way.
 */
final class RejectionBeans extends SuppliedBeans {

	@Override
	void register(Registration registration, Environment environment) {
		if (isServletApplication(registration, environment) && registration.lacksAnywhere(RejectionResolver.class)) {
			// Only visible to the servlet, so that the injection of a resolver by type is
			// not affected.
			registration.add("rejectionResolver", RejectionResolver.class).setAutowireCandidate(false);
		}
	}

	/** As {@code @ConditionalOnWebApplication} decides. */
	private static boolean isServletApplication(Registration registration, Environment environment) {
		return environment instanceof ConfigurableWebEnvironment
				|| registration.hasScope(WebApplicationContext.SCOPE_SESSION);
	}

	@Override
	Object create(String name, ConfigurableListableBeanFactory beans) {
		ObjectProvider<ControllerPools> pools = beans.getBeanProvider(ControllerPools.class);
		MessageSource messages = beans.getBean(AbstractApplicationContext.MESSAGE_SOURCE_BEAN_NAME,
				MessageSource.class);
		return new RejectionResolver(
				() -> BeanFactoryUtils.beansOfTypeIncludingAncestors(beans, HandlerExceptionResolver.class, true, false)
					.values()
					.stream()
					.sorted(AnnotationAwareOrderComparator.INSTANCE)
					.toList(),
				messages, (thrown) -> Rejections.answer(thrown, pools));
	}

}
