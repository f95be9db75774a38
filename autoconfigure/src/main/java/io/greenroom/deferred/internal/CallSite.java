package io.greenroom.deferred.internal;

import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** Finds the call site: the topmost frame that is not infrastructure. */
final class CallSite {

	private static final StackWalker WALKER = StackWalker.getInstance();

	/** The infrastructure between a call and its wait, by name. */
	private static final List<String> OURS = List.of("io.greenroom.deferred.internal.", "io.greenroom.keyed.internal.",
			"io.greenroom.cluster.internal.", "io.greenroom.durable.internal.",
			"io.greenroom.spring.internal.MailboxInterceptor", "io.greenroom.observe.internal.", "io.greenroom.green.");

	private CallSite() {
	}

	/** Returns the place that made the current call of this thread. */
	static StackWalker.@Nullable StackFrame here() {
		return WALKER.walk((frames) -> frames.filter((frame) -> isUserCode(frame.getClassName())).findFirst())
			.orElse(null);
	}

	/** Describes the place that made the current call of this thread. */
	static String describeHere() {
		StackWalker.@Nullable StackFrame site = here();
		return (site != null) ? site.toStackTraceElement().toString()
				: "an unknown place of thread '" + Thread.currentThread().getName() + "'";
	}

	/** Returns the place in a stack of another thread. */
	static @Nullable StackTraceElement of(StackTraceElement[] stack) {
		return Arrays.stream(stack).filter((frame) -> isUserCode(frame.getClassName())).findFirst().orElse(null);
	}

	private static boolean isUserCode(String type) {
		return !type.contains("$$") && !isOurs(type) && !type.startsWith("org.springframework.aop.")
				&& !type.startsWith("java.") && !type.startsWith("jdk.");
	}

	/** Returns whether a class may stand between a call and its wait. */
	private static boolean isOurs(String type) {
		return OURS.stream().anyMatch(type::startsWith);
	}

	static String describe(StackWalker.@Nullable StackFrame site) {
		return (site != null) ? site.toStackTraceElement().toString()
				: "an unknown place (not looked up while the mailbox is never empty)";
	}

}
