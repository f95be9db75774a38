package io.greenroom.autoconfigure;

import org.springframework.context.annotation.Conditional;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.webmvc.autoconfigure.WebMvcRegistrations;
import org.springframework.context.annotation.Import;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * Auto-configuration for controllers in pools: {@code greenroom.pools.*} and {@code
 * greenroom.web.*}. Can be disabled with {@code greenroom.web.enabled=false}.
 */
@AutoConfiguration(after = GreenSchedulerAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({ DispatcherServlet.class, WebMvcRegistrations.class })
@Conditional(OnGreenScheduler.class)
@ConditionalOnBooleanProperty(name = "greenroom.web.enabled", matchIfMissing = true)
@EnableConfigurationProperties({ PoolsProperties.class, WebProperties.class, LifecycleProperties.class })
@Import(PoolBeans.class)
public final class RunInPoolAutoConfiguration {

}
