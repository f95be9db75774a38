package io.greenroom.sample.nodes;

import io.greenroom.sample.BoxOfficeApplication;

/**
 * The box office as one of several nodes, which ends when whoever started it has ended.
 */
final class OneNode {

	private OneNode() {
	}

	public static void main(String[] args) {
		ProcessHandle.current().parent().ifPresent((parent) -> {
			var _ = parent.onExit().thenRun(() -> System.exit(0));
		});
		BoxOfficeApplication.main(args);
	}

}
