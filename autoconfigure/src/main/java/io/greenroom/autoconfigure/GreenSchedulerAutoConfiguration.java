package io.greenroom.autoconfigure;

import java.time.Duration;

import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.Observer;
import io.greenroom.spring.GreenSchedulerLifecycle;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

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
	GreenScheduler greenScheduler(ObjectProvider<Observer> observers, Environment environment) {
		Duration shutdownPhase = Binder.get(environment)
			.bind("spring.lifecycle.timeout-per-shutdown-phase", Duration.class)
			.orElse(Duration.ofSeconds(30));
		return GreenScheduler.builder()
			.drainTimeout(shutdownPhase)
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
