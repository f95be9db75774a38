package io.greenroom.autoconfigure;

import org.springframework.core.env.Environment;

/** Whether requests are handled on virtual threads because of Greenroom. */
final class VirtualServerThreads {

	/** Whether Greenroom configures the threads of the embedded server. */
	private static final String KEY = "greenroom.web.server-threads";

	private static final String DECISION = "spring.threads.virtual.enabled";

	private VirtualServerThreads() {
	}

	/** Returns whether the embedded server gets virtual threads from Greenroom. */
	static boolean areWanted(Environment environment) {
		return !areDecided(environment) && "virtual".equalsIgnoreCase(environment.getProperty(KEY, "virtual"));
	}

	/** Returns whether the application decides on virtual threads itself. */
	static boolean areDecided(Environment environment) {
		return environment.containsProperty(DECISION);
	}

}
