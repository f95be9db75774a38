package io.greenroom.observe.internal;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stacks as people read them: what is theirs is shown, what is machinery is folded. A run
 * of machinery above their code is shown as the frame that they called. Safe for use by
 * many threads.
 */
public final class Frames {

	private static final Logger log = LoggerFactory.getLogger(Frames.class);

	private static final List<String> MACHINERY = List.of("java.", "javax.", "jakarta.", "jdk.", "sun.", "com.sun.",
			"org.springframework.", "org.apache.catalina.", "org.apache.coyote.", "org.apache.tomcat.",
			"org.eclipse.jetty.", "io.micrometer.", "io.greenroom.observe.", "io.greenroom.green.",
			"io.greenroom.deferred.", "io.greenroom.keyed.", "io.greenroom.durable.", "io.greenroom.state.",
			"io.greenroom.spring.", "io.greenroom.web.", "io.greenroom.jdbc.", "io.greenroom.metrics.",
			"io.greenroom.context.");

	private Frames() {
	}

	/**
	 * Returns the innermost frame of the user's own.
	 * @param stack a stack, innermost frame first
	 * @return the frame; the innermost of all if none is the user's, {@code null} if
	 * there is none
	 */
	public static @Nullable String own(List<StackTraceElement> stack) {
		for (StackTraceElement frame : stack) {
			if (isOwn(frame)) {
				return frame.toString();
			}
		}
		return stack.isEmpty() ? null : stack.getFirst().toString();
	}

	/**
	 * Returns a stack with what is machinery folded.
	 * @param stack a stack, innermost frame first
	 * @param most how many lines at most
	 * @return the lines
	 */
	public static List<String> folded(List<StackTraceElement> stack, int most) {
		List<String> lines = new ArrayList<>();
		int folded = 0;
		for (int i = 0; i < stack.size() && lines.size() < most; i++) {
			StackTraceElement frame = stack.get(i);
			boolean last = i + 1 == stack.size();
			if (isOwn(frame)) {
				lines.add(frame.toString());
				folded = 0;
			}
			else if (last || isOwn(stack.get(i + 1))) {
				lines.add((folded > 0) ? frame + " (and " + folded + " more above it)" : frame.toString());
			}
			else {
				folded++;
			}
		}
		return lines;
	}

	/**
	 * Returns where a throwable was made.
	 * @param failure the throwable
	 * @return its stack; empty if it does not say
	 */
	public static List<StackTraceElement> of(Throwable failure) {
		return ForeignCode.ask(log, "A throwable that was asked for its stack", List.of(),
				() -> List.of(failure.getStackTrace()));
	}

	private static boolean isOwn(StackTraceElement frame) {
		String type = frame.getClassName();
		return !type.contains("$$") && !type.contains(".$Proxy") && MACHINERY.stream().noneMatch(type::startsWith);
	}

}
