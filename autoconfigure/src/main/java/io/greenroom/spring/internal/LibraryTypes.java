package io.greenroom.spring.internal;

import java.security.ProtectionDomain;

/**
 * Knows the classes of the platform, of its specifications, of Spring and of Greenroom
 * itself, which are most of an application's beans and can't be handlers or machines:
 * looking whether they are would read all of their methods, and load what the methods
 * mention.
 */
final class LibraryTypes {

	private LibraryTypes() {
	}

	/**
	 * Returns whether a class can't be a handler or a machine.
	 * @param type a class, not a proxy
	 * @return {@code false} for any class that may be a user's
	 */
	static boolean contain(Class<?> type) {
		String name = type.getName();
		if (name.startsWith("org.springframework.")) {
			// Those show users how to write their own.
			return !name.startsWith("org.springframework.samples.");
		}
		if (name.startsWith("io.greenroom.")) {
			// Not those of another jar, or of a test. A native image knows of no jars.
			ProtectionDomain ours = LibraryTypes.class.getProtectionDomain();
			return ours.getCodeSource() != null && type.getProtectionDomain() == ours;
		}
		return name.startsWith("java.") || name.startsWith("jakarta.");
	}

}
