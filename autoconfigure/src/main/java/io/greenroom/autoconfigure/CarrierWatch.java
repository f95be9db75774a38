package io.greenroom.autoconfigure;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.ProblemReport;
import io.greenroom.observe.internal.ProblemLog;
import io.greenroom.spring.internal.GreenSchedulerLifecycle;
import io.greenroom.watch.internal.PinnedEvents;
import io.greenroom.watch.internal.StartProbe;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;
import org.springframework.util.ClassUtils;

/**
 * Watches the carriers from the start of the context on, until the scheduler has drained.
 */
final class CarrierWatch implements SmartLifecycle {

	private static final Logger log = LoggerFactory.getLogger("io.greenroom.watch");

	private final WatchProperties settings;

	private final ObjectProvider<GreenScheduler> scheduler;

	/** What to close; guarded by this. */
	private final Deque<AutoCloseable> open = new ArrayDeque<>();

	CarrierWatch(WatchProperties settings, ObjectProvider<GreenScheduler> scheduler) {
		this.settings = settings;
		this.scheduler = scheduler;
		InvalidSettingException.require(
				settings.pinnedLimit().isZero() || ClassUtils.isPresent("jdk.jfr.consumer.RecordingStream", null),
				"greenroom.watch.pinned-limit", settings.pinnedLimit(),
				"0s, or add the module jdk.jfr to the Java runtime");
	}

	@Override
	public synchronized void start() {
		GreenScheduler watched = this.scheduler.getObject();
		Consumer<ProblemReport> reports = (report) -> ProblemLog.report(log, watched.observer(), report);
		if (this.settings.startLimit().isPositive()) {
			this.open.push(new StartProbe(watched, this.settings.startLimit(), reports));
		}
		if (this.settings.pinnedLimit().isPositive()) {
			this.open.push(new PinnedEvents(this.settings.pinnedLimit(), reports));
		}
	}

	@Override
	public synchronized void stop() {
		while (!this.open.isEmpty()) {
			close(this.open.pop());
		}
	}

	private static void close(AutoCloseable watch) {
		try {
			watch.close();
		}
		catch (Exception failure) {
			log.warn("The watch over carriers could not be ended", failure);
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return !this.open.isEmpty();
	}

	/** Below the drain, which a held carrier may hold up. */
	@Override
	public int getPhase() {
		return GreenSchedulerLifecycle.PHASE - 2;
	}

}
