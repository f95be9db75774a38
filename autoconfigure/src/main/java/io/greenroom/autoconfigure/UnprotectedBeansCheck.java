package io.greenroom.autoconfigure;

import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.List;

import io.greenroom.deferred.DeferredHandler;
import io.greenroom.spring.internal.HandlerBeanPostProcessor;
import io.greenroom.spring.internal.StateBeanPostProcessor;
import io.greenroom.state.StateClass;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Names the handlers and machines of a context that cannot give them turns: a test slice
 * without Greenroom's auto-configurations, a child context, or an application that
 * excludes them. There, they are ordinary beans that many threads use at once. Logs
 * nothing if a part is disabled by its own key.
 */
final class UnprotectedBeansCheck implements ApplicationContextInitializer<ConfigurableApplicationContext> {

	private static final Logger log = LoggerFactory.getLogger("io.greenroom.spring");

	@Override
	public void initialize(ConfigurableApplicationContext context) {
		Environment environment = context.getEnvironment();
		context.addBeanFactoryPostProcessor((beans) -> {
			if (isOn("greenroom.deferred", environment)
					&& isWithout("handlerBeanPostProcessor", HandlerBeanPostProcessor.class, beans)) {
				tellOfHandlers(beans, environment);
			}
			if (isOn("greenroom.state", environment)
					&& isWithout("stateBeanPostProcessor", StateBeanPostProcessor.class, beans)) {
				tellOfMachines(beans, environment);
			}
		});
	}

	private static boolean isOn(String part, Environment environment) {
		return environment.getProperty(part + ".enabled", Boolean.class, true);
	}

	/** The name first, because a search by type looks at every definition. */
	private static boolean isWithout(String name, Class<?> type, ConfigurableListableBeanFactory beans) {
		return !beans.containsBeanDefinition(name) && beans.getBeanNamesForType(type, true, false).length == 0;
	}

	private static void tellOfHandlers(ConfigurableListableBeanFactory beans, Environment environment) {
		List<String> found = new ArrayList<>();
		for (String name : beans.getBeanDefinitionNames()) {
			Class<?> type = beans.getType(name, false);
			if (type != null && AnnotatedElementUtils.hasAnnotation(type, DeferredHandler.class)
					&& !isStandIn(name, beans)) {
				found.add("'%s' (%s)".formatted(name, ClassUtils.getUserClass(type).getName()));
			}
		}
		if (!found.isEmpty()) {
			log.warn(
					"Handlers WITHOUT a mailbox, which many threads may enter at once: {}. {} If this is intended, set greenroom.deferred.enabled=false",
					String.join(", ", found), remedy(DeferredAutoConfiguration.class, environment));
		}
	}

	private static void tellOfMachines(ConfigurableListableBeanFactory beans, Environment environment) {
		List<String> found = new ArrayList<>();
		for (String name : beans.getBeanDefinitionNames()) {
			Class<?> type = beans.getType(name, false);
			if (type != null && StateClass.isPresentOn(ClassUtils.getUserClass(type)) && !isStandIn(name, beans)) {
				found.add("'%s' (%s)".formatted(name, ClassUtils.getUserClass(type).getName()));
			}
		}
		if (!found.isEmpty()) {
			log.warn(
					"Beans with @State methods that are NOT state machines, and whose states are plain methods: {}. {} If this is intended, set greenroom.state.enabled=false",
					String.join(", ", found), remedy(StateAutoConfiguration.class, environment));
		}
	}

	private static String remedy(Class<?> part, Environment environment) {
		if (!isOn("greenroom.scheduler", environment)) {
			return "They need the green scheduler: remove greenroom.scheduler.enabled=false.";
		}
		return "This context does not include %s: in a test slice, add @ImportAutoConfiguration({ GreenSchedulerAutoConfiguration.class, %1$s.class }), otherwise don't exclude it, and provide a GreenScheduler."
			.formatted(part.getSimpleName());
	}

	/** Proxies of a scope, and a test's mock, which no thread can harm. */
	private static boolean isStandIn(String name, ConfigurableListableBeanFactory beans) {
		if (ScopedProxyUtils.isScopedTarget(name)) {
			return true;
		}
		BeanDefinition definition = beans.getBeanDefinition(name);
		AnnotatedElement origin = (definition instanceof RootBeanDefinition root) ? root.getQualifiedElement() : null;
		return origin != null && MergedAnnotations.from(origin)
			.isPresent("org.springframework.test.context.bean.override.BeanOverride");
	}

}
