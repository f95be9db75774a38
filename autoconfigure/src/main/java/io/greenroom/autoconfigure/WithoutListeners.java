package io.greenroom.autoconfigure;

import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.MethodMetadata;

/**
 * Declares that the beans of an auto-configuration have no methods with annotations that
 * Spring would act on. Spring looks for {@code @EventListener} on all methods of all
 * beans, which loads every type that the methods of a bean mention, even if the bean is
 * never created.
 */
final class WithoutListeners implements ImportBeanDefinitionRegistrar {

	/** Returns whether the methods of a bean need not be searched for annotations. */
	static boolean isSaidOf(String name, ListableBeanFactory beans) {
		return beans instanceof ConfigurableListableBeanFactory factory && factory.containsBeanDefinition(name)
				&& factory.getBeanDefinition(name)
					.getAttribute(AutoProxyUtils.ORIGINAL_TARGET_CLASS_ATTRIBUTE) == Object.class;
	}

	@Override
	public void registerBeanDefinitions(AnnotationMetadata configuration, BeanDefinitionRegistry registry) {
		for (String name : registry.getBeanDefinitionNames()) {
			BeanDefinition definition = registry.getBeanDefinition(name);
			MethodMetadata method = (definition instanceof AnnotatedBeanDefinition annotated)
					? annotated.getFactoryMethodMetadata() : null;
			if (method != null && method.getDeclaringClassName().equals(configuration.getClassName())) {
				// Spring looks for annotations there in place of the bean's own type.
				definition.setAttribute(AutoProxyUtils.ORIGINAL_TARGET_CLASS_ATTRIBUTE, Object.class);
			}
		}
	}

}
