package io.greenroom.autoconfigure;

import io.greenroom.web.internal.ControllerPools;
import io.greenroom.web.internal.RejectionResolver;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * With Spring MVC, reports the rejection by a pool, a handler or a machine to clients in
 * a uniform way.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(DispatcherServlet.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
class RejectionConfiguration {

	/**
	 * Only visible to the servlet, so that the injection of a resolver by type is not
	 * affected.
	 */
	@Bean(autowireCandidate = false)
	@ConditionalOnMissingBean
	RejectionResolver rejectionResolver(ApplicationContext context, ObjectProvider<ControllerPools> pools) {
		return new RejectionResolver(() -> BeanFactoryUtils
			.beansOfTypeIncludingAncestors(context, HandlerExceptionResolver.class, true, false)
			.values()
			.stream()
			.sorted(AnnotationAwareOrderComparator.INSTANCE)
			.toList(), context, (thrown) -> Rejections.answer(thrown, pools));
	}

}
