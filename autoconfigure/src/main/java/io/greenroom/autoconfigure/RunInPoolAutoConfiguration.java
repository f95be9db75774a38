package io.greenroom.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;

import io.greenroom.green.GreenPool;
import io.greenroom.green.GreenScheduler;
import io.greenroom.web.ControllerPool;
import io.greenroom.web.ControllerPools;
import io.greenroom.web.ControllerPoolsLifecycle;
import io.greenroom.web.PoolRefusedAdvice;
import io.greenroom.web.PoolSelector;
import io.greenroom.web.RunInPoolAdapters;
import io.greenroom.web.RunInPoolHandlerAdapter;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.tomcat.autoconfigure.TomcatVirtualThreadsWebServerFactoryCustomizer;
import org.springframework.boot.webmvc.autoconfigure.WebMvcRegistrations;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.util.ClassUtils;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/**
 * Auto-configuration for controllers in pools: {@code greenroom.pools.*} and
 * {@code greenroom.web.*}. Off with {@code greenroom.web.enabled=false}.
 */
@AutoConfiguration(after = GreenSchedulerAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({ DispatcherServlet.class, WebMvcRegistrations.class })
@ConditionalOnBean(GreenScheduler.class)
@ConditionalOnBooleanProperty(name = "greenroom.web.enabled", matchIfMissing = true)
@EnableConfigurationProperties({ PoolsProperties.class, WebProperties.class })
public final class RunInPoolAutoConfiguration {

	/** There where the server's threads are virtual because of us. */
	static final String SERVER_THREADS = "greenroomTomcatThreads";

	private static final String CONTEXT_PROPAGATION = "io.micrometer.context.ContextSnapshotFactory";

	@Bean(destroyMethod = "") // the lifecycle closes them
	@ConditionalOnMissingBean
	ControllerPools controllerPools(GreenScheduler scheduler, PoolsProperties properties) {
		Map<String, ControllerPool> pools = new LinkedHashMap<>();
		properties.pools().forEach((name, settings) -> {
			GreenPool pool = scheduler.pool(name)
				.size(settings.size())
				.queueCapacity(settings.queueCapacity())
				.settings(PoolsProperties.key(name))
				.build();
			pools.put(name, new ControllerPool(pool, settings.queueTimeout(), settings.retryAfter()));
		});
		return new ControllerPools(pools);
	}

	@Bean
	@ConditionalOnMissingBean
	ControllerPoolsLifecycle controllerPoolsLifecycle(ControllerPools pools) {
		return new ControllerPoolsLifecycle(pools);
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
	RunInPoolAdapters runInPoolAdapters(PoolSelector selector, WebProperties properties, GreenScheduler scheduler) {
		ClassLoader loader = getClass().getClassLoader();
		TaskDecorator context = ClassUtils.isPresent(CONTEXT_PROPAGATION, loader)
				? new ContextPropagatingTaskDecorator() : (task) -> task;
		return () -> new RunInPoolHandlerAdapter(selector, properties.mode(), scheduler, context);
	}

	@Bean
	@ConditionalOnMissingBean
	WebMvcRegistrations runInPoolRegistrations(RunInPoolAdapters adapters) {
		return new WebMvcRegistrations() {

			@Override
			public RequestMappingHandlerAdapter getRequestMappingHandlerAdapter() {
				return adapters.create();
			}

		};
	}

	@Bean
	@ConditionalOnMissingBean
	PoolRefusedAdvice poolRefusedAdvice() {
		return new PoolRefusedAdvice();
	}

	@Bean
	RunInPoolStartupCheck runInPoolStartupCheck(ListableBeanFactory beans, PoolSelector selector, ControllerPools pools,
			WebProperties properties, Environment environment) {
		return new RunInPoolStartupCheck(beans, selector, pools, properties, environment);
	}

	/**
	 * Virtual threads for the embedded Tomcat only; Boot's executors stay as they are.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ ConfigurableTomcatWebServerFactory.class,
			TomcatVirtualThreadsWebServerFactoryCustomizer.class })
	@ConditionalOnProperty(name = "greenroom.web.server-threads", havingValue = "virtual", matchIfMissing = true)
	@Conditional(OnUndecidedVirtualThreads.class)
	static class TomcatThreads {

		@Bean(SERVER_THREADS)
		TomcatVirtualThreadsWebServerFactoryCustomizer greenroomTomcatThreads() {
			return new TomcatVirtualThreadsWebServerFactoryCustomizer();
		}

	}

}
