package io.greenroom.deferred.internal;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Notices a handler that runs the same body, or its loop without letting calls in, for
 * longer than a limit. It reports this once, until the handler has moved on. It checks
 * from outside at intervals, so a call pays nothing for it. Confined to the thread that
 * checks, except for {@link #since}.
 */
final class BusyWatch {

	private final HandlerCore handler;

	private final Processor processor;

	private final CallReports reports;

	private final long limit;

	/** Written by the thread that checks; a new map each time. */
	private volatile Map<Hold, Seen> seen = Map.of();

	BusyWatch(HandlerCore handler, Processor processor) {
		this.handler = handler;
		this.processor = processor;
		this.reports = handler.reports();
		this.limit = HandlerCore.nanos(handler.options().busyLimit());
	}

	/** Checks what runs, and reports what has run for too long. */
	void look(long now) {
		List<Hold> holds = this.handler.holds();
		if (holds.isEmpty() && this.seen.isEmpty()) {
			return;
		}
		Map<Hold, Seen> found = new HashMap<>();
		for (Hold held : holds) {
			Object what = busyWith(held);
			if (what != null) {
				Seen before = this.seen.get(held);
				int turn = held.isReading() ? 0 : this.processor.turns();
				Seen same = (before != null && before.what == what && before.turn == turn) ? before
						: new Seen(what, turn, now);
				found.put(held, same);
				report(held, same, now);
			}
		}
		this.seen = found;
	}

	private @Nullable Object busyWith(Hold held) {
		if (!held.isReading() && this.processor.isWaiting()) {
			return null;
		}
		Call running = held.running();
		return (running != null || held.isReading()) ? running : this.handler.loopUnderWay();
	}

	private void report(Hold held, Seen found, long now) {
		if (!found.reported && now - found.since >= this.limit) {
			found.reported = true;
			String method = (found.what instanceof Call call) ? call.method() : ((HandlerMethod) found.what).name();
			this.reports.busy(method, Duration.ofNanos(now - found.since), held.thread());
		}
	}

	/**
	 * Returns since when a hold was seen busy with a call.
	 * @return in the handler's time; zero if it was not seen
	 */
	long since(Hold held, Call call) {
		Seen found = this.seen.get(held);
		return (found != null && found.what == call) ? found.since : 0;
	}

	/** What a thread was found busy with, and since when. */
	private static final class Seen {

		private final Object what;

		private final int turn;

		private final long since;

		private boolean reported;

		Seen(Object what, int turn, long since) {
			this.what = what;
			this.turn = turn;
			this.since = since;
		}

	}

}
