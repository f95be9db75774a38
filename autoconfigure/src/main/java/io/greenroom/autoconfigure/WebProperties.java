package io.greenroom.autoconfigure;

import io.greenroom.web.internal.RunInPoolMode;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * Controllers in pools.
 *
 * @param enabled Whether controllers run in bounded pools of green threads.
 * @param mode Thread on which a controller runs once it has its slot: the server's with
 * "auto" and "inline", a green thread while the server's goes back with "hop".
 * @param serverThreads Kind of thread on which the embedded Tomcat or Jetty handles
 * requests, unless spring.threads.virtual.enabled is set.
 */
@Lazy
@ConfigurationProperties("greenroom.web")
record WebProperties(@DefaultValue("true") boolean enabled, @DefaultValue("auto") RunInPoolMode mode,
		@DefaultValue("virtual") ServerThreads serverThreads) {

	private static final WebProperties DEFAULTS = new WebProperties(true, RunInPoolMode.AUTO, ServerThreads.VIRTUAL);

	/** Returns what is set, without binding where nothing is. */
	static WebProperties of(Environment environment, ObjectProvider<WebProperties> bound) {
		return SettingsCheck.isAnySet("greenroom.web", environment) ? bound.getObject() : DEFAULTS;
	}

	/** Kinds of server threads. */
	enum ServerThreads {

		/** A virtual thread for each request. */
		VIRTUAL,

		/** What the server is configured with. */
		PLATFORM

	}

}
