package io.greenroom.deferred;

import java.util.Arrays;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/** Finds where calls come from: the topmost frame that is not machinery. */
final class CallSite {

	private static final StackWalker WALKER = StackWalker.getInstance();

	private static final Set<String> OWN = Set.of(CallSite.class.getName(), CallReports.class.getName(),
			Handler.class.getName(), Intake.class.getName(), Handle.class.getName(), ViewSink.class.getName(),
			Call.class.getName(), CallWait.class.getName(), Mailbox.class.getName(), WaitGraph.class.getName(),
			TransactionGuard.class.getName(), "io.greenroom.spring.MailboxInterceptor");

	private CallSite() {
	}

	/** Returns the place that made the call under way on the current thread. */
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
