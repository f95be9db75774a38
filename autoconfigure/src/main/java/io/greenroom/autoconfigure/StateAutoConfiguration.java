package io.greenroom.autoconfigure;

import java.util.Set;

import io.greenroom.green.GreenScheduler;
import io.greenroom.spring.internal.AutowiringInstantiator;
import io.greenroom.spring.internal.SpringBoundary;
import io.greenroom.spring.internal.SpringProxies;
import io.greenroom.spring.internal.StateBeanFactoryPostProcessor;
import io.greenroom.spring.internal.StateBeanPostProcessor;
import io.greenroom.spring.internal.StateEventPublisher;
import io.greenroom.state.StateListener;
import io.greenroom.state.StateMachines;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Auto-configuration for beans whose methods are {@link io.greenroom.state.State states},
 * and for {@link StateMachines}. Can be disabled with {@code
 * greenroom.state.enabled=false}; such methods are ordinary ones then.
 * <p>
 * The post-processors are present in each context of a hierarchy, because a
 * post-processor only applies to the beans of its own context.
 */
@AutoConfiguration(after = GreenSchedulerAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "greenroom.state.enabled", matchIfMissing = true)
@ConditionalOnBean(GreenScheduler.class)
@EnableConfigurationProperties(StateProperties.class)
@Import({ SettingsCheck.class, RejectionConfiguration.class, WithoutListeners.class })
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
	static StateBeanPostProcessor stateBeanPostProcessor(ObjectProvider<StateMachines> machines,
			Environment environment) {
		return new StateBeanPostProcessor(machines, guards(environment));
	}

	/**
	 * Read here, because a post-processor that depends on the settings' bean would
	 * initialize it too early.
	 */
	private static Set<String> guards(Environment environment) {
		Set<String> guards = Binder.get(environment)
			.bind("greenroom.state.guards", Bindable.setOf(String.class))
			.orElse(Set.of());
		guards.forEach((guard) -> InvalidSettingException.require(
				ClassUtils.isPresent(guard, StateAutoConfiguration.class.getClassLoader()), "greenroom.state.guards",
				guard, "the name of a class on the class path"));
		return guards;
	}

	/** Created for the first machine, which many applications never have. */
	@Bean
	@Lazy
	@ConditionalOnMissingBean
	StateMachines stateMachines(GreenScheduler scheduler, StateProperties properties, ApplicationContext context,
			ObjectProvider<StateListener> listeners) {
		StateMachines.Builder builder = StateMachines.builder(scheduler)
			.stopTimeout(properties.stopTimeout())
			.historySize(properties.historySize())
			.instantiator(new AutowiringInstantiator(context.getAutowireCapableBeanFactory()))
			.unwrapper(SpringProxies::targetOf)
			.boundary(new SpringBoundary(properties.inTransaction()))
			.listener(new StateEventPublisher(context));
		listeners.orderedStream().forEach(builder::listener);
		return builder.build();
	}

}
