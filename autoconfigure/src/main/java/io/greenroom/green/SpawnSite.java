package io.greenroom.green;

import java.util.List;

/** Finds where in user code a green thread was created. */
final class SpawnSite {

	private static final int FRAMES = 16;

	/** The infrastructure between user code and a spawn. */
	private static final List<String> OURS = List.of("io.greenroom.green.", "io.greenroom.deferred.",
			"io.greenroom.state.", "io.greenroom.spring.", "io.greenroom.web.");

	private static final StackWalker WALKER = StackWalker.getInstance();

	private SpawnSite() {
	}

	/**
	 * Returns the innermost frames of the calling thread that are not Greenroom's own.
	 */
	static List<StackTraceElement> here() {
		return WALKER.walk((frames) -> frames.dropWhile((frame) -> isOurs(frame.getClassName()))
			.limit(FRAMES)
			.map(StackWalker.StackFrame::toStackTraceElement)
			.toList());
	}

	private static boolean isOurs(String type) {
		return OURS.stream().anyMatch(type::startsWith);
	}

}
