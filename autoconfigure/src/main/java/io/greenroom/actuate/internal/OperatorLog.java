package io.greenroom.actuate.internal;

import java.security.Principal;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.actuate.endpoint.SecurityContext;

/** Logs what an operator has done, and the name of the operator. */
final class OperatorLog {

	private static final Logger log = LoggerFactory.getLogger("io.greenroom.actuate.operations");

	private OperatorLog() {
	}

	/**
	 * Logs an action.
	 * @param who knows who has asked, where somebody has logged in
	 * @param what what was done, in the past tense
	 */
	static void did(SecurityContext who, String what) {
		Principal principal = who.getPrincipal();
		@Nullable String name = (principal != null) ? principal.getName() : null;
		if (log.isWarnEnabled()) {
			log.warn("An operator ({}) {}", (name != null) ? "'" + plain(name) + "'" : "unknown", plain(what));
		}
	}

	/** What somebody else wrote must not begin a line of its own. */
	private static String plain(String text) {
		return text.codePoints()
			.map((each) -> Character.isISOControl(each) ? ' ' : each)
			.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
			.toString();
	}

}
