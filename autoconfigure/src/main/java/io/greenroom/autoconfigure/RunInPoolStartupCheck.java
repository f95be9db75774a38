package io.greenroom.autoconfigure;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import javax.sql.DataSource;

import io.greenroom.web.RunInPool;
import io.greenroom.web.internal.ControllerPool;
import io.greenroom.web.internal.ControllerPools;
import io.greenroom.web.internal.PoolSelector;
import io.greenroom.web.internal.RunInPoolHandlerAdapter;
import io.greenroom.web.internal.RunInPoolMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.BeansException;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.webmvc.autoconfigure.WebMvcRegistrations;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/**
 * Checks, before the server opens, that every controller's pool exists and that the
 * adapter is in place, and logs one line about it. When the application is ready, creates
 * the default pool on a thread of its own, so that the first request need not wait for
 * it.
 */
final class RunInPoolStartupCheck implements SmartInitializingSingleton, ApplicationListener<ApplicationReadyEvent> {

	private static final Logger log = LoggerFactory.getLogger("io.greenroom.web");

	private final ListableBeanFactory beans;

	private final Environment environment;

	/** Whether the first request will need a pool that is not created yet. */
	private volatile boolean awaited;

	RunInPoolStartupCheck(ListableBeanFactory beans, Environment environment) {
		this.beans = beans;
		this.environment = environment;
	}

	@Override
	public void afterSingletonsInstantiated() {
		PoolSelector selector = this.beans.getBean(PoolSelector.class);
		boolean later = arePoolsMadeLater();
		Set<Class<?>> controllers = new HashSet<>();
		for (RequestMappingInfoHandlerMapping mapping : all(RequestMappingInfoHandlerMapping.class)) {
			for (HandlerMethod controller : mapping.getHandlerMethods().values()) {
				if (later && RunInPool.DEFAULT.equals(selector.nameFor(controller))) {
					this.awaited = true;
				}
				else {
					selector.select(controller);
				}
				controllers.add(controller.getBeanType());
			}
		}
		boolean inPlace = false;
		for (RequestMappingHandlerAdapter adapter : all(RequestMappingHandlerAdapter.class)) {
			inPlace |= adapter instanceof RunInPoolHandlerAdapter;
		}
		if (inPlace) {
			RunInPoolMode mode = WebProperties.of(this.environment, this.beans.getBeanProvider(WebProperties.class))
				.mode();
			PoolRisks risks = later ? PoolRisks.ofDefaultPool()
					: PoolRisks.of(this.beans.getBean(ControllerPools.class));
			sayWhatIsOn(risks, mode);
			if (mode == RunInPoolMode.HOP) {
				new HopRisks(this.beans).warn();
			}
			PoolRisks.warnOfIdleAnnotations(this.beans, controllers);
		}
		else {
			warn();
		}
	}

	@Override
	public void onApplicationEvent(ApplicationReadyEvent ready) {
		if (this.awaited) {
			this.awaited = false;
			Thread.ofVirtual().name("greenroom-warm-up").start(this::makePools);
		}
	}

	private void makePools() {
		try {
			this.beans.getBean(ControllerPools.class);
		}
		catch (BeansException | IllegalStateException ex) {
			// The context is closing, or the first request fails in the same way and
			// reports it.
			log.debug("The controllers' pool could not be created when the application was ready", ex);
		}
	}

	/**
	 * Returns whether only the default pool exists, without any settings. With settings,
	 * the pools are created now, so that invalid settings fail the start.
	 */
	private boolean arePoolsMadeLater() {
		return !SettingsCheck.isAnySet("greenroom.pools", this.environment)
				&& this.beans.getBeanNamesForType(ControllerPool.class, true, false).length == 0
				&& this.beans instanceof ConfigurableListableBeanFactory factory
				&& factory.containsBeanDefinition("controllerPools") && PoolBeans.LazyPoolBeans.class.getName()
					.equals(factory.getBeanDefinition("controllerPools").getBeanClassName());
	}

	private <T> Collection<T> all(Class<T> type) {
		return this.beans.getBeansOfType(type, false, true).values();
	}

	private void sayWhatIsOn(PoolRisks risks, RunInPoolMode mode) {
		if (!log.isInfoEnabled()) {
			return;
		}
		log.info("Controllers run in pools: {}; mode {}, {}. To turn this off: greenroom.web.enabled=false.{}",
				risks.describe(), mode.name().toLowerCase(Locale.ROOT), serverThreads(),
				risks.adviseOnConnections(this.beans.getBeanProvider(DataSource.class)));
	}

	private String serverThreads() {
		if (VirtualServerThreads.areDecided(this.environment)) {
			return "server threads as set by spring.threads.virtual.enabled";
		}
		return hasVirtualServerThreads() ? "virtual server threads (greenroom.web.server-threads)"
				: "server threads as configured";
	}

	private boolean hasVirtualServerThreads() {
		return this.beans.containsBean("greenroomTomcatThreads") || this.beans.containsBean("greenroomJettyThreads");
	}

	private void warn() {
		List<String> registrations = List.of(this.beans.getBeanNamesForType(WebMvcRegistrations.class));
		if (registrations.isEmpty()) {
			log.warn("Controllers do NOT run in pools: Spring MVC is configured without Boot. "
					+ "Remove @EnableWebMvc, or set greenroom.web.enabled=false");
		}
		else if (registrations.size() > 1) {
			log.warn("Controllers do NOT run in pools: Boot uses a single WebMvcRegistrations bean but found {}, "
					+ "so it uses none of them. Combine them into one whose getRequestMappingHandlerAdapter() "
					+ "returns RunInPoolAdapters#create(), or set greenroom.web.enabled=false", registrations);
		}
		else {
			log.warn("Controllers do NOT run in pools: the application has its own WebMvcRegistrations bean {}. "
					+ "Inject RunInPoolAdapters there and return its create() from "
					+ "getRequestMappingHandlerAdapter(), or set greenroom.web.enabled=false", registrations);
		}
	}

}
