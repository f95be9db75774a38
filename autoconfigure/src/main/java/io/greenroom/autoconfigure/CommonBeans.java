package io.greenroom.autoconfigure;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.env.Environment;

/** The beans that handlers, machines and controllers in pools share. */
final class CommonBeans extends SuppliedBeans {

	private static final String SETTINGS = SettingsCheck.class.getName();

	private static final String SERVLET = "org.springframework.web.servlet.DispatcherServlet";

	@Override
	void register(Registration registration, Environment environment) {
		if (registration.has(SETTINGS)) {
			return;
		}
		registration.add(SETTINGS, SettingsCheck.class);
		if (registration.arePresent(SERVLET)) {
			registration.include(new RejectionBeans(), environment);
		}
	}

	@Override
	Object create(String name, ConfigurableListableBeanFactory beans) {
		return new SettingsCheck(beans, environment(beans));
	}

}
