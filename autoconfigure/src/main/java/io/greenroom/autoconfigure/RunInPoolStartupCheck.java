package io.greenroom.autoconfigure;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import io.greenroom.web.PoolSelector;
import io.greenroom.web.RunInPoolHandlerAdapter;
import io.greenroom.web.RunInPoolMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.thread.Threading;
import org.springframework.boot.webmvc.autoconfigure.WebMvcRegistrations;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/**
 * Before the server opens: every controller's pool exists, the adapter is in place, and
 * one line says what is on.
 */
final class RunInPoolStartupCheck implements SmartInitializingSingleton {

	private static final Logger log = LoggerFactory.getLogger("io.greenroom.web");

	private final ListableBeanFactory beans;

	private final PoolSelector selector;

	private final WebProperties properties;

	private final Environment environment;

	private final PoolRisks risks;

	RunInPoolStartupCheck(ListableBeanFactory beans, PoolSelector selector, WebProperties properties,
			Environment environment, PoolRisks risks) {
		this.beans = beans;
		this.selector = selector;
		this.properties = properties;
		this.environment = environment;
		this.risks = risks;
	}

	@Override
	public void afterSingletonsInstantiated() {
		Set<Class<?>> controllers = new HashSet<>();
		this.beans.getBeansOfType(RequestMappingInfoHandlerMapping.class, false, true)
			.values()
			.stream()
			.flatMap((mapping) -> mapping.getHandlerMethods().values().stream())
			.forEach((controller) -> {
				this.selector.select(controller);
				controllers.add(controller.getBeanType());
			});
		boolean inPlace = this.beans.getBeansOfType(RequestMappingHandlerAdapter.class, false, true)
			.values()
			.stream()
			.anyMatch(RunInPoolHandlerAdapter.class::isInstance);
		if (inPlace) {
			sayWhatIsOn();
			if (this.properties.mode() == RunInPoolMode.HOP) {
				new HopRisks(this.beans).warn();
			}
			this.risks.warnOfIdleAnnotations(this.beans, controllers);
		}
		else {
			warn();
		}
	}

	private void sayWhatIsOn() {
		log.info("Controllers run in pools: {}; mode {}, {}. To turn this off: greenroom.web.enabled=false.{}",
				this.risks.describe(), this.properties.mode().name().toLowerCase(Locale.ROOT), serverThreads(),
				this.risks.adviseOnConnections());
	}

	private String serverThreads() {
		if (OnUndecidedVirtualThreads.isDecided(this.environment)) {
			return "server threads as spring.threads.virtual.enabled says";
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
			log.warn("Controllers do NOT run in pools: Boot takes one WebMvcRegistrations bean and found {}, "
					+ "so it uses none of them. Join them into one whose getRequestMappingHandlerAdapter() "
					+ "returns RunInPoolAdapters#create(), or set greenroom.web.enabled=false", registrations);
		}
		else {
			log.warn("Controllers do NOT run in pools: the application has its own WebMvcRegistrations bean {}. "
					+ "Inject RunInPoolAdapters there and return its create() from "
					+ "getRequestMappingHandlerAdapter(), or set greenroom.web.enabled=false", registrations);
		}
	}

}
