package io.greenroom.cluster.internal;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.greenroom.observe.internal.ForeignCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A timer on a thread of its own, by the clock of the JVM. */
public final class ThreadTimer implements Timer, AutoCloseable {

	private static final Logger log = LoggerFactory.getLogger(ThreadTimer.class);

	private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1,
			Thread.ofPlatform().daemon().name("greenroom-cluster").factory());

	/** Creates the timer. */
	public ThreadTimer() {
		this.thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
	}

	@Override
	public long nanoTime() {
		return System.nanoTime();
	}

	@Override
	public void after(Duration delay, Runnable action) {
		Objects.requireNonNull(action, "action");
		try {
			var _ = this.thread.schedule(() -> ForeignCode.run(log, "The protocol between nodes", action::run),
					Math.max(0, TimeUnit.NANOSECONDS.convert(delay)), TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException closed) {
			log.debug("A timer was set after the end", closed);
		}
	}

	@Override
	public void close() {
		this.thread.shutdownNow();
	}

}
