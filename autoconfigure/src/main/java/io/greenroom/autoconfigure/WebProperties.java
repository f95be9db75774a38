package io.greenroom.autoconfigure;

import io.greenroom.web.internal.RunInPoolMode;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * Settings of controllers in pools.
 *
 * @param enabled Whether controllers run in bounded pools of green threads.
 * @param mode Thread on which a controller runs in its slot: the server's thread (auto,
 * inline), or a green thread while the server's thread is released (hop).
 * @param serverThreads Kind of thread on which the embedded Tomcat or Jetty handles
 * requests, unless spring.threads.virtual.enabled is set.
 */
@Lazy
@ConfigurationProperties("greenroom.web")
record WebProperties(@DefaultValue("true") boolean enabled, @DefaultValue("auto") RunInPoolMode mode,
		@DefaultValue("virtual") ServerThreads serverThreads) {

	private static final WebProperties DEFAULTS = new WebProperties(true, RunInPoolMode.AUTO, ServerThreads.VIRTUAL);

	/** Returns the settings, without binding if no key is set. */
	static WebProperties of(Environment environment, ObjectProvider<WebProperties> bound) {
		return SettingsCheck.isAnySet("greenroom.web", environment) ? bound.getObject() : DEFAULTS;
	}

	/** Kinds of server threads. */
	enum ServerThreads {

		/** A virtual thread for each request. */
		VIRTUAL,

		/** The threads that are configured for the server. */
		PLATFORM

	}

}
