package io.greenroom.test;

import java.util.List;
import java.util.Locale;

import io.greenroom.deferred.internal.HandlerProbe;
import io.greenroom.deferred.internal.HandlerSnapshot;

/** A handler as a text for the end of a message: what it runs, and what waits. */
final class HandlerText {

	/** How many queued calls are listed. */
	private static final int MOST_CALLS = 20;

	private HandlerText() {
	}

	/**
	 * Returns the text, beginning with a line break.
	 */
	static String of(HandlerProbe handler) {
		HandlerSnapshot seen = handler.snapshot();
		List<QueuedCall> queued = QueuedCall.of(handler);
		StringBuilder text = new StringBuilder("\nHandler '").append(seen.name())
			.append("' is ")
			.append(seen.state().name().toLowerCase(Locale.ROOT));
		if (seen.running().isEmpty()) {
			text.append(", runs nothing");
		}
		seen.running()
			.forEach((body) -> text.append("\n  runs   ").append(body.method()).append(" on ").append(body.thread()));
		seen.waits()
			.forEach((wait) -> text.append("\n  waits  for ").append(wait.on()).append('.').append(wait.call()));
		queued.stream().limit(MOST_CALLS).forEach((call) -> text.append("\n  queued ").append(call));
		if (queued.size() > MOST_CALLS) {
			text.append("\n  queued and ").append(queued.size() - MOST_CALLS).append(" more");
		}
		if (queued.isEmpty()) {
			text.append(", no call waits");
		}
		int reserved = seen.queued() - queued.size();
		if (reserved > 0) {
			text.append("\n  ")
				.append(reserved)
				.append((reserved == 1) ? " place is" : " places are")
				.append(" reserved by a transaction that has not ended");
		}
		return text.toString();
	}

}
