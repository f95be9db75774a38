package io.greenroom.autoconfigure;

import io.greenroom.green.GreenScheduler;
import io.greenroom.metrics.internal.MeterObserver;
import io.greenroom.web.internal.ControllerPools;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.context.annotation.Conditional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration for the meters of threads, handlers, machines and pools, if there is
 * a {@link MeterRegistry} bean. Can be disabled with {@code
 * greenroom.metrics.enabled=false}.
 */
@AutoConfiguration(after = GreenSchedulerAutoConfiguration.class,
		afterName = {
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@Conditional(OnGreenScheduler.class)
@ConditionalOnSingleCandidate(MeterRegistry.class)
@ConditionalOnBooleanProperty(name = "greenroom.metrics.enabled", matchIfMissing = true)
public final class GreenroomMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	MeterObserver greenroomMeterObserver() {
		return new MeterObserver();
	}

	/**
	 * The scheduler, and with it the observer, may be created while post-processors are
	 * still being created. A registry that is requested that early would miss its filters
	 * and customizers, so it is requested when all singletons exist.
	 */
	@Bean
	SmartInitializingSingleton greenroomMeterBinding(MeterObserver observer, ObjectProvider<MeterRegistry> registry,
			ObjectProvider<GreenScheduler> scheduler, ObjectProvider<ControllerPools> pools) {
		return () -> {
			// They are created at their first use, but their meters exist from the start.
			scheduler.getIfAvailable();
			pools.getIfAvailable();
			observer.bindTo(registry.getObject());
		};
	}

}
