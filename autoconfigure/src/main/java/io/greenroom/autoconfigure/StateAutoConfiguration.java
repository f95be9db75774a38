package io.greenroom.autoconfigure;

import io.greenroom.green.GreenScheduler;
import io.greenroom.spring.AutowiringInstantiator;
import io.greenroom.spring.SpringBoundary;
import io.greenroom.spring.SpringProxies;
import io.greenroom.spring.StateBeanFactoryPostProcessor;
import io.greenroom.spring.StateBeanPostProcessor;
import io.greenroom.spring.StateEventPublisher;
import io.greenroom.state.StateListener;
import io.greenroom.state.StateMachines;
import io.greenroom.web.RejectionAnswers;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Role;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * Auto-configuration for beans whose methods are {@link io.greenroom.state.State states},
 * and for {@link StateMachines}. Off with {@code greenroom.state.enabled=false}; such
 * methods are then ordinary ones.
 * <p>
 * The post-processors are there in each context of a hierarchy, since one works on the
 * beans of its own context only.
 */
@AutoConfiguration(after = GreenSchedulerAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "greenroom.state.enabled", matchIfMissing = true)
@ConditionalOnBean(GreenScheduler.class)
@EnableConfigurationProperties(StateProperties.class)
public final class StateAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static StateBeanFactoryPostProcessor stateBeanFactoryPostProcessor() {
		return new StateBeanFactoryPostProcessor();
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static StateBeanPostProcessor stateBeanPostProcessor(ObjectProvider<StateMachines> machines) {
		return new StateBeanPostProcessor(machines);
	}

	@Bean
	@ConditionalOnMissingBean
	StateMachines stateMachines(GreenScheduler scheduler, StateProperties properties, ApplicationContext context,
			ObjectProvider<StateListener> listeners) {
		StateMachines.Builder builder = StateMachines.builder(scheduler)
			.stopTimeout(properties.stopTimeout())
			.historySize(properties.historySize())
			.instantiator(new AutowiringInstantiator(context.getAutowireCapableBeanFactory()))
			.unwrapper(SpringProxies::targetOf)
			.boundary(new SpringBoundary())
			.listener(new StateEventPublisher(context));
		listeners.orderedStream().forEach(builder::listener);
		return builder.build();
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ DispatcherServlet.class, ControllerAdvice.class })
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	@Import(RejectionConfiguration.class)
	static class Answers {

		@Bean
		@ConditionalOnMissingBean
		IllegalTransitionAdvice illegalTransitionAdvice(RejectionAnswers answers) {
			return new IllegalTransitionAdvice(answers);
		}

	}

}
