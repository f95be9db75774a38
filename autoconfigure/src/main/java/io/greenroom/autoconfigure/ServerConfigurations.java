package io.greenroom.autoconfigure;

import io.greenroom.web.internal.ClientPresence;
import org.apache.catalina.valves.ValveBase;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.jetty.ConfigurableJettyWebServerFactory;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.tomcat.autoconfigure.TomcatVirtualThreadsWebServerFactoryCustomizer;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Configuration that depends on the embedded server: virtual threads for the server only,
 * while Boot's executors are not affected, and the check whether a client is still
 * connected.
 */
@Configuration(proxyBeanMethods = false)
final class ServerConfigurations {

	/** Whether Greenroom configures the threads of the embedded server. */
	private static final String KEY = "greenroom.web.server-threads";

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ ConfigurableTomcatWebServerFactory.class, ValveBase.class,
			TomcatVirtualThreadsWebServerFactoryCustomizer.class })
	static class Tomcat {

		@Bean
		@Lazy
		ClientPresence greenroomTomcatClients() {
			return new TomcatClientPresence();
		}

		@Bean
		WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> greenroomTomcatExchanges() {
			return (factory) -> factory.addEngineValves(new TomcatExchanges());
		}

		@Bean
		@ConditionalOnProperty(name = KEY, havingValue = "virtual", matchIfMissing = true)
		@Conditional(OnUndecidedVirtualThreads.class)
		TomcatVirtualThreadsWebServerFactoryCustomizer greenroomTomcatThreads() {
			return new TomcatVirtualThreadsWebServerFactoryCustomizer();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ ConfigurableJettyWebServerFactory.class, ServletContextRequest.class,
			VirtualThreadPool.class })
	static class Jetty {

		@Bean
		@Lazy
		ClientPresence greenroomJettyClients() {
			return new JettyClientPresence();
		}

		@Bean
		WebServerFactoryCustomizer<ConfigurableJettyWebServerFactory> greenroomJettyExchanges() {
			return (factory) -> factory.addServerCustomizers((server) -> server.insertHandler(new JettyExchanges()));
		}

		@Bean
		@ConditionalOnProperty(name = KEY, havingValue = "virtual", matchIfMissing = true)
		@Conditional(OnUndecidedVirtualThreads.class)
		JettyThreadsCustomizer greenroomJettyThreads(Environment environment) {
			// Unlike Boot's default of 200, because requests in line are threads, too.
			return new JettyThreadsCustomizer(environment.getProperty("server.jetty.threads.max", Integer.class, 0));
		}

	}

	/**
	 * After Boot's own customizer, whose order is 0, which sets the pool of platform
	 * threads.
	 */
	record JettyThreadsCustomizer(
			int most) implements WebServerFactoryCustomizer<ConfigurableJettyWebServerFactory>, Ordered {

		@Override
		public void customize(ConfigurableJettyWebServerFactory factory) {
			VirtualThreadPool threads = new VirtualThreadPool(this.most);
			threads.setName("jetty-");
			factory.setThreadPool(threads);
		}

		@Override
		public int getOrder() {
			return 1;
		}

	}

}
