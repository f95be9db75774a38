package io.greenroom.autoconfigure;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.core.env.Environment;

/**
 * Fails the start if a setting that is not read yet is invalid. Settings of a part that
 * an application may never use are bound when the part is used, or here if any of them is
 * set.
 */
final class SettingsCheck implements SmartInitializingSingleton {

	private final ListableBeanFactory beans;

	private final Environment environment;

	SettingsCheck(ListableBeanFactory beans, Environment environment) {
		this.beans = beans;
		this.environment = environment;
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (!isAnySet("greenroom", this.environment)) {
			return;
		}
		check("greenroom.deferred", DeferredProperties.class);
		check("greenroom.keyed", KeyedProperties.class);
		check("greenroom.durable", DurableProperties.class);
		check("greenroom.outbox", OutboxProperties.class);
		check("greenroom.state", StateProperties.class);
		check("greenroom.pools", PoolsProperties.class);
		check("greenroom.web", WebProperties.class);
		check("greenroom.health", HealthProperties.class);
	}

	/** Settings of a disabled part are ignored, and may be invalid. */
	private void check(String prefix, Class<?> settings) {
		if (isAnySet(prefix, this.environment)) {
			this.beans.getBeanProvider(settings).getIfAvailable();
		}
	}

	/**
	 * Returns whether there may be a key with a prefix. If there is none, binding would
	 * only find the defaults, and take its time.
	 */
	static boolean isAnySet(String prefix, Environment environment) {
		ConfigurationPropertyName name = ConfigurationPropertyName.of(prefix);
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source.containsDescendantOf(name) != ConfigurationPropertyState.ABSENT
					|| source.getConfigurationProperty(name) != null) {
				return true;
			}
		}
		return false;
	}

}
