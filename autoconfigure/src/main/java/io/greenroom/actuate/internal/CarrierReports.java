package io.greenroom.actuate.internal;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import io.greenroom.observe.ProblemReport;

/**
 * The latest reports about carriers. Handlers, machines and pools show their problems
 * when they are looked at; a carrier that was held is free again by then. Thread-safe.
 */
final class CarrierReports {

	private static final int MOST = 20;

	/** Oldest first. Guarded by this. */
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

	/** Returns a copy, oldest first. */
	synchronized List<Entry> all() {
		return List.copyOf(this.latest);
	}

	/** A report, and when it was made. */
	record Entry(GreenroomDump.Kind kind, ProblemReport report, Instant at) {

	}

}
