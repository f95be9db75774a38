package io.greenroom.autoconfigure;

import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.ContextCarrier;
import io.greenroom.observe.Observer;
import io.greenroom.spring.GreenSchedulerLifecycle;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.support.TaskExecutorAdapter;

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
	GreenScheduler greenScheduler(ObjectProvider<Observer> observers, ObjectProvider<ContextCarrier> contextCarrier,
			LifecycleProperties lifecycle) {
		return GreenScheduler.builder()
			.drainTimeout(lifecycle.getTimeoutPerShutdownPhase())
			.observer(Observer.all(observers.orderedStream().toList()))
			.contextCarrier(contextCarrier.getIfAvailable(() -> ContextCarrier.NONE))
			.build();
	}

	/**
	 * For {@code @Async("greenScheduler")}, and for configurers that want an executor,
	 * which find it by that qualifier. No candidate otherwise: Boot's own executors would
	 * back off from it.
	 */
	@Bean(defaultCandidate = false)
	@Qualifier("greenScheduler")
	@ConditionalOnMissingBean(name = "greenSchedulerExecutor")
	@ConditionalOnBean(GreenScheduler.class)
	AsyncTaskExecutor greenSchedulerExecutor(GreenScheduler scheduler) {
		return new TaskExecutorAdapter(scheduler.asExecutor());
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(GreenScheduler.class)
	GreenSchedulerLifecycle greenSchedulerLifecycle(GreenScheduler scheduler) {
		return new GreenSchedulerLifecycle(scheduler);
	}

}
