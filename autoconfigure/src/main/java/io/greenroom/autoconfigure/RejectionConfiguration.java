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
 * Where there is Spring MVC, clients are told of a rejection by a pool, a handler or a
 * machine, in one way.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(DispatcherServlet.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
class RejectionConfiguration {

	/** Only for the servlet: who injects a resolver by its type gets the same as ever. */
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
