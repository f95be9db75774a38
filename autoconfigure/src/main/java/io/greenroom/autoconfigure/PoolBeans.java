package io.greenroom.autoconfigure;

import java.time.Duration;
import javax.sql.DataSource;
import io.greenroom.green.GreenScheduler;
import io.greenroom.web.PoolFilters;
import io.greenroom.web.internal.RoutePoolFilters;
import io.greenroom.web.RunInPoolAdapters;
import io.greenroom.web.internal.ControllerPool;
import io.greenroom.web.internal.ControllerPools;
import io.greenroom.web.internal.ControllerPoolsLifecycle;
import io.greenroom.web.internal.PoolSelector;
import io.greenroom.web.internal.RunInPoolHandlerAdapter;
import io.greenroom.web.internal.RunInPoolMode;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.webmvc.autoconfigure.WebMvcRegistrations;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** The beans of controllers in pools. */
final class PoolBeans extends SuppliedBeans {

	private static final String[] TOMCAT = { "org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory",
			"org.apache.catalina.valves.ValveBase",
			"org.springframework.boot.tomcat.autoconfigure.TomcatVirtualThreadsWebServerFactoryCustomizer" };

	private static final String[] JETTY = { "org.springframework.boot.jetty.ConfigurableJettyWebServerFactory",
			"org.eclipse.jetty.ee11.servlet.ServletContextRequest", "org.eclipse.jetty.util.thread.VirtualThreadPool" };

	@Override
	void register(Registration registration, Environment environment) {
		if (registration.lacksAnywhere(ControllerPools.class)) {
			registration.addLazy("controllerPools", ControllerPools.class, LazyPoolBeans.class);
		}
		addIfMissing("controllerPoolsLifecycle", ControllerPoolsLifecycle.class, registration);
		addIfMissing("poolSelector", PoolSelector.class, registration);
		addIfMissing("runInPoolAdapters", RunInPoolAdapters.class, registration);
		if (registration.lacksAnywhere(PoolFilters.class)) {
			registration.addLazy("poolFilters", PoolFilters.class, LazyPoolBeans.class);
		}
		addIfMissing("runInPoolRegistrations", WebMvcRegistrations.class, registration);
		registration.add("runInPoolStartupCheck", RunInPoolStartupCheck.class);
		registration.include(new CommonBeans(), environment);
		if (registration.arePresent(TOMCAT)) {
			registration.include(new TomcatBeans(), environment);
		}
		if (registration.arePresent(JETTY)) {
			registration.include(new JettyBeans(), environment);
		}
		if ("hop".equalsIgnoreCase(environment.getProperty("greenroom.web.mode"))) {
			registration.include(new HopBeans(), environment);
		}
	}

	private static void addIfMissing(String name, Class<?> type, Registration registration) {
		if (registration.lacksAnywhere(type)) {
			registration.add(name, type);
		}
	}

	@Override
	Object create(String name, ConfigurableListableBeanFactory beans) {
		return switch (name) {
			case "controllerPoolsLifecycle" -> lifecycle(beans, environment(beans));
			case "poolSelector" -> selector(beans);
			case "runInPoolAdapters" ->
				adapters(bean("poolSelector", PoolSelector.class, beans), beans, environment(beans));
			case "runInPoolRegistrations" -> registrations(beans, environment(beans));
			case "runInPoolStartupCheck" -> new RunInPoolStartupCheck(beans, environment(beans));
			default -> throw new IllegalArgumentException(name);
		};
	}

	private static ControllerPoolsLifecycle lifecycle(ListableBeanFactory beans, Environment environment) {
		LifecycleProperties lifecycle = beans.getBean(LifecycleProperties.class);
		boolean graceful = !"immediate".equalsIgnoreCase(environment.getProperty("server.shutdown"));
		return new ControllerPoolsLifecycle(new MadeBean<>(ControllerPools.class, beans),
				graceful ? lifecycle.getTimeoutPerShutdownPhase() : Duration.ZERO);
	}

	private static PoolSelector selector(ListableBeanFactory beans) {
		ObjectProvider<ControllerPools> pools = beans.getBeanProvider(ControllerPools.class);
		return new PoolSelector(pools::getObject, PoolBeans::isInfrastructure);
	}

	/** Actuator and error pages: a busy pool must not fail a liveness probe. */
	private static boolean isInfrastructure(Class<?> controller) {
		return ErrorController.class.isAssignableFrom(controller)
				|| controller.getName().startsWith("org.springframework.boot.");
	}

	private static RunInPoolAdapters adapters(PoolSelector selector, ListableBeanFactory beans,
			Environment environment) {
		if (mode(beans, environment) == RunInPoolMode.HOP) {
			return HopBeans.adapters(selector, beans.getBean(GreenScheduler.class));
		}
		return () -> new RunInPoolHandlerAdapter(selector, () -> beans.getBean(GreenScheduler.class));
	}

	private static RunInPoolMode mode(ListableBeanFactory beans, Environment environment) {
		return WebProperties.of(environment, beans.getBeanProvider(WebProperties.class)).mode();
	}

	private static WebMvcRegistrations registrations(ListableBeanFactory beans, Environment environment) {
		RunInPoolAdapters adapters = bean("runInPoolAdapters", RunInPoolAdapters.class, beans);
		boolean hop = mode(beans, environment) == RunInPoolMode.HOP;
		return new WebMvcRegistrations() {

			@Override
			public @Nullable RequestMappingHandlerMapping getRequestMappingHandlerMapping() {
				return hop ? HopBeans.mapping() : null;
			}

			@Override
			public RequestMappingHandlerAdapter getRequestMappingHandlerAdapter() {
				return adapters.create();
			}

		};
	}

	/** Creates what the first request, or the first functional route, needs. */
	static final class LazyPoolBeans {

		private LazyPoolBeans() {
		}

		static ControllerPools controllerPools(GreenScheduler scheduler, ListableBeanFactory beans,
				Environment environment) {
			PoolsProperties properties = PoolsProperties.of(environment, beans.getBeanProvider(PoolsProperties.class));
			return new ControllerPoolFactory(scheduler, beans.getBeanProvider(DataSource.class)).create(properties,
					beans.getBeanProvider(ControllerPool.class).orderedStream().toList());
		}

		static PoolFilters poolFilters(ControllerPools pools, GreenScheduler scheduler) {
			return new RoutePoolFilters(pools, scheduler);
		}

	}

}
