package io.greenroom.actuate.internal;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import io.greenroom.observe.ProblemReport;

/**
 * Keeps the latest reports about carriers. The problems of handlers, machines and pools
 * can be read from their current state. A carrier that was held, however, is usually free
 * again when a dump is taken. This class is thread-safe.
 */
final class CarrierReports {

	private static final int MOST = 20;

	/** The oldest report comes first. Guarded by {@code this}. */
	private final Deque<Entry> latest = new ArrayDeque<>();

	/** Adds a report if it is about carriers. */
	void add(ProblemReport report) {
		switch (report.kind()) {
			case STARVED -> add(GreenroomDump.Kind.HELD_CARRIERS, report);
			case PINNED -> add(GreenroomDump.Kind.PINNED_CARRIER, report);
			case BUSY, OVERDUE -> {
			}
		}
	}

	private synchronized void add(GreenroomDump.Kind kind, ProblemReport report) {
		if (this.latest.size() == MOST) {
			this.latest.removeFirst();
		}
		this.latest.addLast(new Entry(kind, report, Instant.now()));
	}

	/** Returns a copy of the reports, the oldest first. */
	synchronized List<Entry> all() {
		return List.copyOf(this.latest);
	}

	/** A report and the time at which it was made. */
	record Entry(GreenroomDump.Kind kind, ProblemReport report, Instant at) {

	}

}
