package io.greenroom.autoconfigure;

import org.springframework.context.annotation.Conditional;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Import;

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
@Conditional(OnGreenScheduler.class)
@EnableConfigurationProperties({ DeferredProperties.class, KeyedProperties.class })
@Import(HandlerBeans.class)
public final class DeferredAutoConfiguration {

}
