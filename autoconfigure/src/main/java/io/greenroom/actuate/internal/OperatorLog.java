package io.greenroom.actuate.internal;

import java.security.Principal;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.actuate.endpoint.SecurityContext;

/** Logs the actions of operators, with the name of the operator. */
final class OperatorLog {

	private static final Logger log = LoggerFactory.getLogger("io.greenroom.actuate.operations");

	private OperatorLog() {
	}

	/**
	 * Logs an action.
	 * @param who the security context, which has the operator's name if the operator is
	 * logged in
	 * @param what a description of what was done, in the past tense
	 */
	static void did(SecurityContext who, String what) {
		Principal principal = who.getPrincipal();
		@Nullable String name = (principal != null) ? principal.getName() : null;
		if (log.isWarnEnabled()) {
			log.warn("An operator ({}) {}", (name != null) ? "'" + plain(name) + "'" : "unknown", plain(what));
		}
	}

	/** Prevents text from other sources from starting a new line in the log. */
	private static String plain(String text) {
		return text.codePoints()
			.map((each) -> Character.isISOControl(each) ? ' ' : each)
			.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
			.toString();
	}

}
