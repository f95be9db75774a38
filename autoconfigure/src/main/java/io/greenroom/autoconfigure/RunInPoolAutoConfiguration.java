package io.greenroom.autoconfigure;

import java.time.Duration;

import javax.sql.DataSource;

import io.greenroom.green.GreenScheduler;
import io.greenroom.web.ClientPresence;
import io.greenroom.web.ControllerPool;
import io.greenroom.web.ControllerPools;
import io.greenroom.web.ControllerPoolsLifecycle;
import io.greenroom.web.HopHandlerMapping;
import io.greenroom.web.PoolFilters;
import io.greenroom.web.PoolRejectedAdvice;
import io.greenroom.web.PoolSelector;
import io.greenroom.web.RejectionAnswers;
import io.greenroom.web.RunInPoolAdapters;
import io.greenroom.web.RunInPoolHandlerAdapter;
import io.greenroom.web.RunInPoolMode;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.webmvc.autoconfigure.WebMvcRegistrations;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.core.task.TaskDecorator;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Auto-configuration for controllers in pools: {@code greenroom.pools.*} and
 * {@code greenroom.web.*}. Off with {@code greenroom.web.enabled=false}.
 */
@AutoConfiguration(after = GreenSchedulerAutoConfiguration.class,
		afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({ DispatcherServlet.class, WebMvcRegistrations.class })
@ConditionalOnBean(GreenScheduler.class)
@ConditionalOnBooleanProperty(name = "greenroom.web.enabled", matchIfMissing = true)
@EnableConfigurationProperties({ PoolsProperties.class, WebProperties.class, LifecycleProperties.class })
@Import({ RejectionConfiguration.class, HopConfiguration.class, ServerConfigurations.Tomcat.class,
		ServerConfigurations.TomcatThreads.class, ServerConfigurations.Jetty.class,
		ServerConfigurations.JettyThreads.class })
public final class RunInPoolAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ControllerPools controllerPools(GreenScheduler scheduler, PoolsProperties properties,
			ObjectProvider<DataSource> dataSources, ObjectProvider<ControllerPool> pools) {
		return new ControllerPoolFactory(scheduler, dataSources).create(properties, pools.orderedStream().toList());
	}

	@Bean
	@ConditionalOnMissingBean
	ControllerPoolsLifecycle controllerPoolsLifecycle(ControllerPools pools, LifecycleProperties lifecycle,
			Environment environment) {
		boolean graceful = !"immediate".equalsIgnoreCase(environment.getProperty("server.shutdown"));
		return new ControllerPoolsLifecycle(pools, graceful ? lifecycle.getTimeoutPerShutdownPhase() : Duration.ZERO);
	}

	@Bean
	@ConditionalOnMissingBean
	PoolSelector poolSelector(ControllerPools pools) {
		return new PoolSelector(pools, RunInPoolAutoConfiguration::isInfrastructure);
	}

	/** Actuator and error pages: a busy pool must not fail a liveness probe. */
	private static boolean isInfrastructure(Class<?> controller) {
		return ErrorController.class.isAssignableFrom(controller)
				|| controller.getName().startsWith("org.springframework.boot.");
	}

	@Bean
	@ConditionalOnMissingBean
	RunInPoolAdapters runInPoolAdapters(PoolSelector selector, WebProperties properties, GreenScheduler scheduler,
			ObjectProvider<ClientPresence> clients) {
		TaskDecorator context = HopContext.of(scheduler.contextCarrier());
		ClientPresence presence = ClientPresence.any(clients.orderedStream().toList());
		return () -> new RunInPoolHandlerAdapter(selector, properties.mode(), scheduler, context, HopIdentity.keeper(),
				presence);
	}

	@Bean
	@ConditionalOnMissingBean
	PoolFilters poolFilters(ControllerPools pools, GreenScheduler scheduler, ObjectProvider<ClientPresence> clients) {
		return new PoolFilters(pools, scheduler, ClientPresence.any(clients.orderedStream().toList()));
	}

	@Bean
	@ConditionalOnMissingBean
	WebMvcRegistrations runInPoolRegistrations(RunInPoolAdapters adapters, WebProperties properties) {
		return new WebMvcRegistrations() {

			@Override
			public @Nullable RequestMappingHandlerMapping getRequestMappingHandlerMapping() {
				return (properties.mode() == RunInPoolMode.HOP) ? new HopHandlerMapping() : null;
			}

			@Override
			public RequestMappingHandlerAdapter getRequestMappingHandlerAdapter() {
				return adapters.create();
			}

		};
	}

	@Bean
	@ConditionalOnMissingBean
	PoolRejectedAdvice poolRejectedAdvice(RejectionAnswers answers) {
		return new PoolRejectedAdvice(answers);
	}

	@Bean
	RunInPoolStartupCheck runInPoolStartupCheck(ListableBeanFactory beans, PoolSelector selector, ControllerPools pools,
			WebProperties properties, Environment environment, ObjectProvider<DataSource> dataSources) {
		return new RunInPoolStartupCheck(beans, selector, properties, environment,
				new PoolRisks(pools, () -> ControllerPoolFactory.connections(dataSources)));
	}

}
