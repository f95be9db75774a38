package io.greenroom.green;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

import io.greenroom.green.internal.AlarmClock;
import io.greenroom.green.internal.Countdown;
import io.greenroom.green.internal.Engine;
import io.greenroom.green.internal.Timing;
import io.greenroom.observe.internal.Failures;
import io.greenroom.observe.internal.ForeignCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Runs green threads on the JDK's virtual threads, with the clock that all schedulers
 * share.
 */
final class JdkEngine implements Engine {

	private static final Logger log = LoggerFactory.getLogger(GreenScheduler.class);

	/** How long to wait for the memory of a thread, in nanoseconds. */
	private static final long RETRY = 100_000_000;

	private volatile boolean closed;

	@Override
	public Thread thread(String name, Runnable body) {
		return Engine.unstarted(Thread.ofVirtual(), name, body);
	}

	@Override
	public void start(Thread thread) {
		thread.start();
	}

	@Override
	public Runnable schedule(long nanos, Timing timing, Runnable action) {
		if (this.closed) {
			throw new RejectedExecutionException("The scheduler is closed; no delayed start is accepted any more");
		}
		Later later = new Later(action);
		later.set(nanos);
		return later::cancel;
	}

	@Override
	public long nanoTime() {
		return System.nanoTime();
	}

	@Override
	public InstantSource clock() {
		return InstantSource.system();
	}

	@Override
	public void rest(Object blocker, long pause, long left) {
		Parking.parkNanos(blocker, Math.min(pause, left));
	}

	@Override
	public void checkMayWait(String what, String whose) {
		// Virtual threads go on by themselves.
	}

	@Override
	public boolean awaitEnd(GreenThread<?> thread, long nanos) throws InterruptedException {
		return thread.join(Duration.ofNanos(nanos));
	}

	@Override
	public void runAll(List<Runnable> jobs, Countdown time) throws InterruptedException {
		for (Thread thread : jobs.stream().map(JdkEngine::startOrRun).toList()) {
			if (thread != Thread.currentThread() && !thread.join(Duration.ofNanos(time.left()))) {
				thread.interrupt();
			}
		}
	}

	/** Runs a job here if there is no memory for a thread. */
	private static Thread startOrRun(Runnable job) {
		try {
			return Thread.startVirtualThread(job);
		}
		catch (OutOfMemoryError none) {
			job.run();
			return Thread.currentThread();
		}
	}

	@Override
	public void close() {
		this.closed = true;
	}

	/** An action that gets a thread of its own when it is due. */
	private final class Later {

		private final @Nullable ClassLoader loader = Thread.currentThread().getContextClassLoader();

		/**
		 * {@code null} once cancelled; volatile, because it is read on the alarm's
		 * thread.
		 */
		private volatile @Nullable Runnable action;

		private volatile @Nullable Runnable alarm;

		Later(Runnable action) {
			this.action = action;
		}

		void set(long nanos) {
			this.alarm = AlarmClock.set(nanos, this::begin);
		}

		void cancel() {
			this.action = null;
			Runnable set = this.alarm;
			if (set != null) {
				set.run();
			}
		}

		private void begin() {
			if (this.action == null || JdkEngine.this.closed) {
				return;
			}
			try {
				Thread thread = Engine.unstarted(Thread.ofVirtual(), "greenroom-later", this::act);
				thread.setContextClassLoader(this.loader);
				thread.start();
			}
			catch (Throwable shortage) {
				// Late is better than never, and there is no caller to tell.
				Failures.log(log, Level.WARN, shortage,
						"No thread could be started for an action that is due; trying again");
				set(RETRY);
			}
		}

		private void act() {
			Runnable due = this.action;
			if (due != null && !JdkEngine.this.closed) {
				ForeignCode.run(log, "What was due", due::run);
			}
		}

	}

}
