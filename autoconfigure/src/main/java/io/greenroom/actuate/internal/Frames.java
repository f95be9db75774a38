package io.greenroom.actuate.internal;

import java.util.ArrayList;
import java.util.List;

import io.greenroom.observe.internal.ForeignCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stacks as people read them: what is theirs is shown, what is machinery is folded. A run
 * of machinery above their code is shown as the frame that they called.
 */
public final class Frames {

	private static final Logger log = LoggerFactory.getLogger(GreenroomEndpoint.class);

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
	 * @param stack a stack
	 * @return that frame; of none, the innermost; {@code null} of an empty stack
	 */
	public static @Nullable String own(List<StackTraceElement> stack) {
		for (StackTraceElement frame : stack) {
			if (isOwn(frame)) {
				return frame.toString();
			}
		}
		return stack.isEmpty() ? null : stack.getFirst().toString();
	}

	/** Returns up to so many lines. */
	static List<String> folded(List<StackTraceElement> stack, int most) {
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

	/** Returns where a throwable was made; nothing if it does not say. */
	static List<StackTraceElement> of(Throwable failure) {
		return ForeignCode.ask(log, "A throwable that was asked for its stack", List.of(),
				() -> List.of(failure.getStackTrace()));
	}

	private static boolean isOwn(StackTraceElement frame) {
		String type = frame.getClassName();
		return !type.contains("$$") && !type.contains(".$Proxy") && MACHINERY.stream().noneMatch(type::startsWith);
	}

}
