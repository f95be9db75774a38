package io.greenroom.autoconfigure;

import io.greenroom.state.StateMachines;

import org.springframework.context.annotation.Conditional;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Import;

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
@Conditional(OnGreenScheduler.class)
@EnableConfigurationProperties(StateProperties.class)
@Import(StateBeans.class)
public final class StateAutoConfiguration {

}
