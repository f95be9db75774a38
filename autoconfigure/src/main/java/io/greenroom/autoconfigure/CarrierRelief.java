package io.greenroom.autoconfigure;

import java.time.Duration;
import java.util.function.Supplier;

import io.greenroom.green.GreenScheduler;
import io.greenroom.observe.Observer;
import io.greenroom.observe.ProblemReport;
import io.greenroom.observe.internal.ProblemLog;
import io.greenroom.spring.internal.GreenSchedulerLifecycle;
import io.greenroom.watch.internal.SpareCarriers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;
import org.springframework.util.ClassUtils;

/**
 * Has carriers added while all are held, from before the server takes requests until the
 * scheduler has drained. It begins when it is created, and gets ready while the context
 * starts.
 */
final class CarrierRelief implements SmartLifecycle, DisposableBean {

	private static final Logger log = LoggerFactory.getLogger("io.greenroom.watch");

	private final Duration limit;

	private final Supplier<? extends @Nullable GreenScheduler> scheduler;

	/** Guarded by this. */
	private @Nullable Runnable end;

	/** Guarded by this. */
	private boolean running;

	/**
	 * Creates the relief.
	 * @param limit how long carriers may be held; never relieves with zero
	 * @param scheduler provides the scheduler, or {@code null} while there is none
	 */
	CarrierRelief(Duration limit, Supplier<? extends @Nullable GreenScheduler> scheduler) {
		this.limit = limit;
		this.scheduler = scheduler;
		open();
	}

	@Override
	public synchronized void start() {
		open();
		this.running = true;
		SpareCarriers.awaitReady();
	}

	private synchronized void open() {
		// A Java runtime may lack the module.
		if (this.end == null && this.limit.isPositive()
				&& ClassUtils.isPresent("jdk.management.VirtualThreadSchedulerMXBean", null)) {
			this.end = SpareCarriers.open(this.limit, this::report);
		}
	}

	private void report(ProblemReport report) {
		GreenScheduler made = this.scheduler.get();
		ProblemLog.report(log, (made != null) ? made.observer() : Observer.NONE, report);
	}

	/** Also called if the context has not started. */
	@Override
	public void destroy() {
		stop();
	}

	@Override
	public synchronized void stop() {
		this.running = false;
		if (this.end != null) {
			this.end.run();
			this.end = null;
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return this.running;
	}

	/** Below the drain, which held carriers may hold up. */
	@Override
	public int getPhase() {
		return GreenSchedulerLifecycle.PHASE - 2;
	}

}
