package io.greenroom.spring.internal;

import java.security.ProtectionDomain;

/**
 * Recognizes the classes of the platform, of its specifications, of Spring, of libraries
 * that Spring Boot configures, and of Greenroom itself. They make up most of an
 * application's beans and cannot be handlers or machines. Examining them would read all
 * of their methods, and load the types that those mention.
 */
public final class LibraryTypes {

	/** Of the platform, of its specifications, and of what Boot makes beans of. */
	private static final String[] LIBRARIES = { "java.", "jakarta.", "tools.jackson.", "com.fasterxml.jackson.",
			"com.zaxxer.hikari.", "org.hibernate." };

	private LibraryTypes() {
	}

	/**
	 * Returns whether a class cannot be a handler or a machine.
	 * @param type a class, not a proxy
	 * @return {@code false} for any class that may be a user's
	 */
	public static boolean contain(Class<?> type) {
		String name = type.getName();
		if (name.startsWith("org.springframework.")) {
			// Those show users how to write their own.
			return !name.startsWith("org.springframework.samples.");
		}
		if (name.startsWith("io.greenroom.")) {
			// Not those of another jar, or of a test. A native image knows no jars.
			ProtectionDomain ours = LibraryTypes.class.getProtectionDomain();
			return ours.getCodeSource() != null && type.getProtectionDomain() == ours;
		}
		for (String library : LIBRARIES) {
			if (name.startsWith(library)) {
				return true;
			}
		}
		return false;
	}

}
