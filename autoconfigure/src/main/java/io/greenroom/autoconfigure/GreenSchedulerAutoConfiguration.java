package io.greenroom.autoconfigure;

import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.Observer;
import io.greenroom.spring.GreenSchedulerLifecycle;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for the {@link GreenScheduler} bean named {@code greenScheduler} and
 * its drain at shutdown. Off with {@code greenroom.scheduler.enabled=false}, and with it
 * every part that runs on green threads.
 */
@AutoConfiguration
@EnableConfigurationProperties(LifecycleProperties.class)
@ConditionalOnBooleanProperty(name = "greenroom.scheduler.enabled", matchIfMissing = true)
public final class GreenSchedulerAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	GreenScheduler greenScheduler(ObjectProvider<Observer> observers, LifecycleProperties lifecycle) {
		return GreenScheduler.builder()
			.drainTimeout(lifecycle.getTimeoutPerShutdownPhase())
			.observer(Observer.all(observers.orderedStream().toList()))
			.build();
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(GreenScheduler.class)
	GreenSchedulerLifecycle greenSchedulerLifecycle(GreenScheduler scheduler) {
		return new GreenSchedulerLifecycle(scheduler);
	}

}
