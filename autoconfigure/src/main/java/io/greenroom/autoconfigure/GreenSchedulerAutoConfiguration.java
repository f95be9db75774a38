package io.greenroom.autoconfigure;

import java.time.Duration;

import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.Observer;
import io.greenroom.spring.GreenSchedulerLifecycle;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for the {@link GreenScheduler} bean named {@code greenScheduler} and
 * its drain at shutdown. Off with {@code greenroom.scheduler.enabled=false}, and with it
 * every part that runs on green threads.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "greenroom.scheduler.enabled", matchIfMissing = true)
public final class GreenSchedulerAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	GreenScheduler greenScheduler(ObjectProvider<Observer> observers,
			@Value("${spring.lifecycle.timeout-per-shutdown-phase:30s}") Duration drainTimeout) {
		return GreenScheduler.builder()
			.drainTimeout(drainTimeout)
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
