package io.greenroom.autoconfigure;

import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.ContextCarrier;
import io.greenroom.observe.Observer;
import io.greenroom.spring.internal.GreenSchedulerLifecycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.support.TaskExecutorAdapter;

/**
 * Auto-configuration for the {@link GreenScheduler} bean named {@code greenScheduler} and
 * its drain at shutdown. Can be disabled with {@code greenroom.scheduler.enabled=false},
 * which also disables every part that runs on green threads.
 */
@AutoConfiguration
@EnableConfigurationProperties(LifecycleProperties.class)
@Import(WithoutListeners.class)
@ConditionalOnBooleanProperty(name = "greenroom.scheduler.enabled", matchIfMissing = true)
public final class GreenSchedulerAutoConfiguration {

	private static final Logger log = LoggerFactory.getLogger("io.greenroom.web");

	/** Created for the first bean that needs it. */
	@Bean
	@Lazy
	@ConditionalOnMissingBean
	GreenScheduler greenScheduler(ObjectProvider<Observer> observers, ObjectProvider<ContextCarrier> contextCarrier,
			LifecycleProperties settings, GreenSchedulerLifecycle lifecycle) {
		return lifecycle.make(() -> GreenScheduler.builder()
			.drainTimeout(settings.getTimeoutPerShutdownPhase())
			.observer(Observer.all(observers.orderedStream().toList()))
			.contextCarrier(contextCarrier.getIfAvailable(() -> ContextCarrier.NONE))
			.build());
	}

	/**
	 * For {@code @Async("greenScheduler")}, and for configurers that need an executor,
	 * which find it by that qualifier. Not an autowire candidate otherwise, because
	 * Boot's own executors would back off from it.
	 */
	@Bean(defaultCandidate = false)
	@Lazy
	@Qualifier("greenScheduler")
	@ConditionalOnMissingBean(name = "greenSchedulerExecutor")
	@ConditionalOnBean(GreenScheduler.class)
	AsyncTaskExecutor greenSchedulerExecutor(GreenScheduler scheduler) {
		return new TaskExecutorAdapter(scheduler.asExecutor());
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(GreenScheduler.class)
	static GreenSchedulerLifecycle greenSchedulerLifecycle(ListableBeanFactory beans) {
		return new GreenSchedulerLifecycle(new MadeBean<>(GreenScheduler.class, beans));
	}

	/** Nothing watches unless it is asked for: a probe has a thread of its own. */
	@Bean
	@Conditional(OnWatch.class)
	SmartLifecycle greenroomCarrierWatch(ObjectProvider<GreenScheduler> scheduler, Environment environment) {
		return new CarrierWatch(Binder.get(environment).bindOrCreate("greenroom.watch", WatchProperties.class),
				scheduler);
	}

	/**
	 * Controllers of WebFlux run in no pool, so settings of pools have no effect there.
	 */
	@Bean
	@Conditional(OnReactiveEnvironment.class)
	SmartInitializingSingleton idlePoolSettingsCheck(Environment environment) {
		return () -> {
			if (Binder.get(environment).bind("greenroom.pools", Bindable.mapOf(String.class, Object.class)).isBound()) {
				log.warn("greenroom.pools.* is set but has no effect: this application uses WebFlux, "
						+ "and only controllers of Spring MVC run in pools. Remove the keys, or use Spring MVC");
			}
		};
	}

}
