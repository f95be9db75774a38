package io.greenroom.green;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The JDK's virtual threads, and a timer thread beside them. */
final class JdkEngine implements Engine {

	/** This one for the reason that {@link Blocking} has: scheduling takes no lock. */
	private final ForkJoinPool timer = new ForkJoinPool(1);

	@Override
	public Thread thread(String name, Runnable body) {
		return Engine.unstarted(Thread.ofVirtual(), name, body);
	}

	@Override
	public void start(Thread thread) {
		thread.start();
	}

	@Override
	public Runnable schedule(long nanos, Runnable action) {
		Future<?> scheduled = this.timer.schedule(action, nanos, TimeUnit.NANOSECONDS);
		return () -> scheduled.cancel(false);
	}

	@Override
	public long nanoTime() {
		return System.nanoTime();
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
		for (Thread thread : jobs.stream().map(Thread::startVirtualThread).toList()) {
			if (!thread.join(Duration.ofNanos(time.left()))) {
				thread.interrupt();
			}
		}
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
	}

}
