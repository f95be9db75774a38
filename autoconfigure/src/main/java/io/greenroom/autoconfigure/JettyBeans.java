package io.greenroom.autoconfigure;

import org.eclipse.jetty.util.thread.VirtualThreadPool;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.jetty.ConfigurableJettyWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * The beans that depend on the embedded Jetty: virtual threads for the server only, while
 * Boot's executors are not affected, and the exchanges of requests.
 */
final class JettyBeans extends SuppliedBeans {

	@Override
	void register(Registration registration, Environment environment) {
		registration.add("greenroomJettyExchanges", ExchangesCustomizer.class);
		if (VirtualServerThreads.areWanted(environment)) {
			registration.add("greenroomJettyThreads", ThreadsCustomizer.class);
		}
	}

	@Override
	Object create(String name, ConfigurableListableBeanFactory beans) {
		return switch (name) {
			case "greenroomJettyExchanges" -> new ExchangesCustomizer();
			// Unlike Boot's default of 200, because requests in line are threads, too.
			case "greenroomJettyThreads" ->
				new ThreadsCustomizer(environment(beans).getProperty("server.jetty.threads.max", Integer.class, 0));
			default -> throw new IllegalArgumentException(name);
		};
	}

	/** Gives each request its exchange. */
	static final class ExchangesCustomizer implements WebServerFactoryCustomizer<ConfigurableJettyWebServerFactory> {

		@Override
		public void customize(ConfigurableJettyWebServerFactory factory) {
			factory.addServerCustomizers((server) -> server.insertHandler(new JettyExchanges()));
		}

	}

	/**
	 * After Boot's own customizer, whose order is 0, which sets the pool of platform
	 * threads.
	 */
	record ThreadsCustomizer(
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
