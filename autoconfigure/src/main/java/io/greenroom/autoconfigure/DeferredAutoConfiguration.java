package io.greenroom.autoconfigure;

import io.greenroom.deferred.internal.CallerTransactions;
import io.greenroom.deferred.internal.Handlers;
import io.greenroom.green.GreenScheduler;
import io.greenroom.spring.internal.HandlerAdviceOrder;
import io.greenroom.spring.internal.HandlerBeanPostProcessor;
import io.greenroom.spring.internal.HandlerDefinitions;
import io.greenroom.spring.internal.HandlerEvents;
import io.greenroom.spring.internal.HandlerLoops;
import io.greenroom.spring.internal.KeyedHandlers;
import io.greenroom.spring.internal.SpringTransactions;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Auto-configuration for {@link io.greenroom.deferred.DeferredHandler} beans and the
 * injection of {@link io.greenroom.deferred.Deferred}. Can be disabled with {@code
 * greenroom.deferred.enabled=false}; handlers are ordinary beans then.
 * <p>
 * The post-processors are present in each context of a hierarchy, because a
 * post-processor only applies to the beans of its own context.
 */
@AutoConfiguration(after = GreenSchedulerAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "greenroom.deferred.enabled", matchIfMissing = true)
@ConditionalOnBean(GreenScheduler.class)
@EnableConfigurationProperties({ DeferredProperties.class, KeyedProperties.class })
@Import({ SettingsCheck.class, RejectionConfiguration.class, WithoutListeners.class })
public final class DeferredAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static HandlerDefinitions handlerDefinitions(Environment environment) {
		return new HandlerDefinitions(isStrict(environment), environment);
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static Handlers handlers() {
		return new Handlers();
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static HandlerLoops handlerLoops(Handlers handlers) {
		return new HandlerLoops(handlers);
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static HandlerBeanPostProcessor handlerBeanPostProcessor(BeanFactory beans, HandlerLoops loops,
			Environment environment) {
		HandlerBeanPostProcessor processor = new HandlerBeanPostProcessor(new BeansForHandlers(beans), loops,
				isStrict(environment));
		processor.setProxyTargetClass(environment.getProperty("spring.aop.proxy-target-class", Boolean.class, true));
		return processor;
	}

	/**
	 * Read directly from the environment, because it is needed before beans are created.
	 */
	private static boolean isStrict(Environment environment) {
		return Binder.get(environment).bind("greenroom.deferred.strict", Boolean.class).orElse(false);
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static HandlerAdviceOrder handlerAdviceOrder() {
		return new HandlerAdviceOrder();
	}

	@Bean
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	@Lazy
	static KeyedHandlers keyedHandlers(ConfigurableListableBeanFactory beanFactory,
			ObjectProvider<KeyedProperties> settings) {
		return new KeyedHandlers(beanFactory, new BeansForHandlers(beanFactory), () -> settings.getObject().options());
	}

	@Bean
	@Lazy
	@ConditionalOnMissingBean
	@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
	static HandlerEvents handlerEvents(ApplicationEventPublisher publisher) {
		return new HandlerEvents(publisher);
	}

	/** If spring-tx is present, callers may be in transactions. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(TransactionSynchronizationManager.class)
	static class TransactionConfiguration {

		@Bean
		@Lazy
		@ConditionalOnMissingBean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		CallerTransactions greenroomTransactions(DeferredProperties properties) {
			return new SpringTransactions(properties.inTransaction());
		}

	}

}
