package io.greenroom.autoconfigure;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.tomcat.autoconfigure.TomcatVirtualThreadsWebServerFactoryCustomizer;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.env.Environment;

/**
 * The beans that depend on the embedded Tomcat: virtual threads for the server only,
 * while Boot's executors are not affected, and the exchanges of requests.
 */
final class TomcatBeans extends SuppliedBeans {

	@Override
	void register(Registration registration, Environment environment) {
		registration.add("greenroomTomcatExchanges", ExchangesCustomizer.class);
		if (VirtualServerThreads.areWanted(environment)) {
			registration.add("greenroomTomcatThreads", TomcatVirtualThreadsWebServerFactoryCustomizer.class);
		}
	}

	@Override
	Object create(String name, ConfigurableListableBeanFactory beans) {
		return switch (name) {
			case "greenroomTomcatExchanges" -> new ExchangesCustomizer();
			case "greenroomTomcatThreads" -> new TomcatVirtualThreadsWebServerFactoryCustomizer();
			default -> throw new IllegalArgumentException(name);
		};
	}

	/** Gives each request its exchange. */
	static final class ExchangesCustomizer implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

		@Override
		public void customize(ConfigurableTomcatWebServerFactory factory) {
			factory.addEngineValves(new TomcatExchanges());
		}

	}

}
