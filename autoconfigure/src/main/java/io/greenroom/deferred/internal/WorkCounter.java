package io.greenroom.deferred.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.green.WorkReport;

/** Counts what becomes of a handler's calls once it is being shut down. */
final class WorkCounter {

	private final AtomicInteger ran = new AtomicInteger();

	private final AtomicInteger withdrawn = new AtomicInteger();

	/** Guarded by the list. */
	private final List<String> left = new ArrayList<>();

	void ran() {
		this.ran.incrementAndGet();
	}

	void withdrawn() {
		this.withdrawn.incrementAndGet();
	}

	void left(String call) {
		synchronized (this.left) {
			this.left.add(call);
		}
	}

	void add(WorkReport report) {
		this.ran.addAndGet(report.ran());
		this.withdrawn.addAndGet(report.withdrawn());
		synchronized (this.left) {
			this.left.addAll(report.left());
		}
	}

	WorkReport report() {
		synchronized (this.left) {
			return new WorkReport(this.ran.get(), this.withdrawn.get(), this.left);
		}
	}

}
