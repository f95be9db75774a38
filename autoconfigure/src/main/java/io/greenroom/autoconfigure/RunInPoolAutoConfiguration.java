package io.greenroom.autoconfigure;

import java.time.Duration;

import javax.sql.DataSource;

import io.greenroom.green.GreenScheduler;
import io.greenroom.web.PoolFilters;
import io.greenroom.web.internal.RoutePoolFilters;
import io.greenroom.web.RunInPoolAdapters;
import io.greenroom.web.internal.ClientPresence;
import io.greenroom.web.internal.ControllerPool;
import io.greenroom.web.internal.ControllerPools;
import io.greenroom.web.internal.ControllerPoolsLifecycle;
import io.greenroom.web.internal.PoolSelector;
import io.greenroom.web.internal.RunInPoolHandlerAdapter;
import io.greenroom.web.internal.RunInPoolMode;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.webmvc.autoconfigure.WebMvcRegistrations;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Auto-configuration for controllers in pools: {@code greenroom.pools.*} and {@code
 * greenroom.web.*}. Can be disabled with {@code greenroom.web.enabled=false}.
 */
@AutoConfiguration(after = GreenSchedulerAutoConfiguration.class,
		afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({ DispatcherServlet.class, WebMvcRegistrations.class })
@ConditionalOnBean(GreenScheduler.class)
@ConditionalOnBooleanProperty(name = "greenroom.web.enabled", matchIfMissing = true)
@EnableConfigurationProperties({ PoolsProperties.class, WebProperties.class, LifecycleProperties.class })
@Import({ SettingsCheck.class, RejectionConfiguration.class, ServerConfigurations.class, WithoutListeners.class })
public final class RunInPoolAutoConfiguration {

	/**
	 * Created for the first controller that runs in a pool, or at the start if settings
	 * are present.
	 */
	@Bean
	@Lazy
	@ConditionalOnMissingBean
	ControllerPools controllerPools(GreenScheduler scheduler, ListableBeanFactory beans, Environment environment) {
		PoolsProperties properties = PoolsProperties.of(environment, beans.getBeanProvider(PoolsProperties.class));
		return new ControllerPoolFactory(scheduler, beans.getBeanProvider(DataSource.class)).create(properties,
				beans.getBeanProvider(ControllerPool.class).orderedStream().toList());
	}

	@Bean
	@ConditionalOnMissingBean
	ControllerPoolsLifecycle controllerPoolsLifecycle(ListableBeanFactory beans, LifecycleProperties lifecycle,
			Environment environment) {
		boolean graceful = !"immediate".equalsIgnoreCase(environment.getProperty("server.shutdown"));
		return new ControllerPoolsLifecycle(new MadeBean<>(ControllerPools.class, beans),
				graceful ? lifecycle.getTimeoutPerShutdownPhase() : Duration.ZERO);
	}

	@Bean
	@ConditionalOnMissingBean
	PoolSelector poolSelector(ObjectProvider<ControllerPools> pools) {
		return new PoolSelector(pools::getObject, RunInPoolAutoConfiguration::isInfrastructure);
	}

	/** Actuator and error pages: a busy pool must not fail a liveness probe. */
	private static boolean isInfrastructure(Class<?> controller) {
		return ErrorController.class.isAssignableFrom(controller)
				|| controller.getName().startsWith("org.springframework.boot.");
	}

	@Bean
	@ConditionalOnMissingBean
	RunInPoolAdapters runInPoolAdapters(PoolSelector selector, ListableBeanFactory beans, Environment environment) {
		if (mode(beans, environment) == RunInPoolMode.HOP) {
			return HopConfiguration.adapters(selector, beans.getBean(GreenScheduler.class), clients(beans));
		}
		return () -> new RunInPoolHandlerAdapter(selector, () -> beans.getBean(GreenScheduler.class),
				() -> clients(beans));
	}

	private static ClientPresence clients(ListableBeanFactory beans) {
		return ClientPresence.any(beans.getBeanProvider(ClientPresence.class).orderedStream().toList());
	}

	private static RunInPoolMode mode(ListableBeanFactory beans, Environment environment) {
		return WebProperties.of(environment, beans.getBeanProvider(WebProperties.class)).mode();
	}

	/** Only requested by functional routes. */
	@Bean
	@Lazy
	@ConditionalOnMissingBean
	PoolFilters poolFilters(ControllerPools pools, GreenScheduler scheduler, ListableBeanFactory beans) {
		return new RoutePoolFilters(pools, scheduler, clients(beans));
	}

	@Bean
	@ConditionalOnMissingBean
	WebMvcRegistrations runInPoolRegistrations(RunInPoolAdapters adapters, ListableBeanFactory beans,
			Environment environment) {
		boolean hop = mode(beans, environment) == RunInPoolMode.HOP;
		return new WebMvcRegistrations() {

			@Override
			public @Nullable RequestMappingHandlerMapping getRequestMappingHandlerMapping() {
				return hop ? HopConfiguration.mapping() : null;
			}

			@Override
			public RequestMappingHandlerAdapter getRequestMappingHandlerAdapter() {
				return adapters.create();
			}

		};
	}

	@Bean
	RunInPoolStartupCheck runInPoolStartupCheck(ListableBeanFactory beans, Environment environment) {
		return new RunInPoolStartupCheck(beans, environment);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty(name = "greenroom.web.mode", havingValue = "hop")
	@Import(HopConfiguration.class)
	static class HopMode {

	}

}
