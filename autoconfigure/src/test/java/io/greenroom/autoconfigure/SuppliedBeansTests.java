package io.greenroom.autoconfigure;

import io.greenroom.green.GreenScheduler;
import io.greenroom.spring.internal.GreenSchedulerLifecycle;
import io.greenroom.spring.internal.StateBeanPostProcessor;
import io.greenroom.state.StateMachines;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.FactoryBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/** Beans without bean methods back off as {@code @ConditionalOnMissingBean} does. */
class SuppliedBeansTests {

	private static final String OURS = "greenScheduler";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, StateAutoConfiguration.class));

	@Test
	@DisplayName("A02 backs off to what a user's factory bean makes")
	void factoryBean() {
		this.runner.withUserConfiguration(ByFactory.class)
			.run((context) -> assertThat(context).hasSingleBean(GreenScheduler.class).doesNotHaveBean(OURS));
	}

	@Test
	@DisplayName("A02 backs off to a user's bean of a subtype, and to a singleton without a definition")
	void singleton() {
		GreenScheduler own = GreenScheduler.builder().name("own").build();
		this.runner.withInitializer((context) -> context.getBeanFactory().registerSingleton("mine", own))
			.run((context) -> {
				assertThat(context).hasSingleBean(GreenScheduler.class).doesNotHaveBean(OURS);
				assertThat(context.getBean(StateMachines.class)).isNotNull();
			});
		own.close();
	}

	@Test
	@DisplayName("A02 does not back off to a bean that is not injected by type")
	void notInjectedByType() {
		this.runner.withUserConfiguration(Hidden.class).run((context) -> {
			assertThat(context).hasBean("hidden").hasBean(OURS);
			assertThat(context.getBean(GreenScheduler.class)).isSameAs(context.getBean(OURS));
		});
	}

	@Test
	@DisplayName("A02 a child context shares the parent's scheduler and has post-processors of its own")
	void parent() {
		this.runner.run((parent) -> new ApplicationContextRunner().withParent(parent)
			.withConfiguration(
					AutoConfigurations.of(GreenSchedulerAutoConfiguration.class, StateAutoConfiguration.class))
			.run((child) -> {
				assertThat(child.getBean(GreenScheduler.class)).isSameAs(parent.getBean(GreenScheduler.class));
				assertThat(child.getBean(StateMachines.class)).isSameAs(parent.getBean(StateMachines.class));
				assertThat(child.getBean(StateBeanPostProcessor.class))
					.isNotSameAs(parent.getBean(StateBeanPostProcessor.class));
				assertThat(child.getSourceApplicationContext().getBeanFactory())
					.satisfies((beans) -> assertThat(beans.containsBeanDefinition(OURS)).isFalse())
					.satisfies(
							(beans) -> assertThat(beans.getBeanNamesForType(GreenSchedulerLifecycle.class)).isEmpty());
			}));
	}

	@Configuration(proxyBeanMethods = false)
	static class ByFactory {

		@Bean
		SchedulerFactory mine() {
			return new SchedulerFactory();
		}

	}

	static class SchedulerFactory implements FactoryBean<GreenScheduler> {

		@Override
		public GreenScheduler getObject() {
			return GreenScheduler.builder().name("own").build();
		}

		@Override
		public Class<?> getObjectType() {
			return GreenScheduler.class;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Hidden {

		@Bean(defaultCandidate = false)
		GreenScheduler hidden() {
			return GreenScheduler.builder().name("hidden").build();
		}

	}

}
