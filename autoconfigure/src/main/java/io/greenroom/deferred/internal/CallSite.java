package io.greenroom.deferred.internal;

import java.util.Arrays;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/** Finds the call site: the topmost frame that is not infrastructure. */
final class CallSite {

	private static final StackWalker WALKER = StackWalker.getInstance();

	/** The infrastructure, by name, because this package must not depend on it. */
	private static final Set<String> OWN = Set.of("io.greenroom.deferred.internal.CallSite",
			"io.greenroom.deferred.internal.CallReports", "io.greenroom.deferred.internal.Handler",
			"io.greenroom.deferred.internal.CallSubmitter", "io.greenroom.deferred.internal.Handle",
			"io.greenroom.deferred.internal.ViewInvocationHandler", "io.greenroom.deferred.internal.Call",
			"io.greenroom.deferred.internal.CallWait", "io.greenroom.deferred.internal.Mailbox",
			"io.greenroom.deferred.internal.WaitGraph", "io.greenroom.deferred.internal.TransactionGuard",
			"io.greenroom.spring.internal.MailboxInterceptor");

	private CallSite() {
	}

	/** Returns the place that made the current call of this thread. */
	static StackWalker.@Nullable StackFrame here() {
		return WALKER.walk((frames) -> frames.filter((frame) -> isUserCode(frame.getClassName())).findFirst())
			.orElse(null);
	}

	/** Returns the place in a stack of another thread. */
	static @Nullable StackTraceElement of(StackTraceElement[] stack) {
		return Arrays.stream(stack).filter((frame) -> isUserCode(frame.getClassName())).findFirst().orElse(null);
	}

	private static boolean isUserCode(String type) {
		return !type.contains("$$") && !OWN.contains(type) && !type.startsWith("org.springframework.aop.")
				&& !type.startsWith("java.") && !type.startsWith("jdk.internal.");
	}

	static String describe(StackWalker.@Nullable StackFrame site) {
		return (site != null) ? site.toStackTraceElement().toString()
				: "an unknown place (not looked up while the mailbox is never empty)";
	}

}
