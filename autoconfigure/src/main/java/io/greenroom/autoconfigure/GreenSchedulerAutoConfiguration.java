package io.greenroom.autoconfigure;

import io.greenroom.green.GreenScheduler;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Import;

/**
 * Auto-configuration for the {@link GreenScheduler} bean named {@code greenScheduler} and
 * its drain at shutdown. Can be disabled with {@code greenroom.scheduler.enabled=false},
 * which also disables every part that runs on green threads.
 */
@AutoConfiguration
@EnableConfigurationProperties(LifecycleProperties.class)
@Import(SchedulerBeans.class)
@ConditionalOnBooleanProperty(name = "greenroom.scheduler.enabled", matchIfMissing = true)
public final class GreenSchedulerAutoConfiguration {

}
