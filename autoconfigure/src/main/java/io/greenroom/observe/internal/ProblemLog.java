package io.greenroom.observe.internal;

import java.util.stream.Collectors;

import io.greenroom.observe.Observer;
import io.greenroom.observe.ProblemReport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The one way in which a problem is reported: to the log, with the frame that matters in
 * its first line, and to the observer. Safe for use by many threads.
 */
public final class ProblemLog {

	/** Enough to see the way into the user's code when machinery is folded. */
	private static final int FRAMES = 32;

	private ProblemLog() {
	}

	/**
	 * Reports a problem, whatever log and observer throw.
	 * @param log where to write it
	 * @param observer whom to tell
	 * @param report the report
	 */
	public static void report(Logger log, Observer observer, ProblemReport report) {
		ForeignCode.run(log, "The log", () -> log.warn("{}", text(report)));
		ForeignCode.run(log, "An observer", () -> observer.reported(report));
	}

	private static String text(ProblemReport report) {
		@Nullable String own = Frames.own(report.stack());
		if (own == null) {
			return report.message();
		}
		return "%s, at %s; thread '%s':%s".formatted(report.message(), own, report.thread(),
				Frames.folded(report.stack(), FRAMES)
					.stream()
					.map((frame) -> "\n\tat " + frame)
					.collect(Collectors.joining()));
	}

}
