package io.greenroom.green;

import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;

import io.greenroom.green.internal.Countdown;
import io.greenroom.green.internal.Engine;
import io.greenroom.green.internal.Timing;

/** The engine of ordinary schedulers, into whose steps a test can come in between. */
class HookedEngine implements Engine {

	private final Engine jdk = new JdkEngine();

	/** Runs when a green thread is about to be started, before its scheduler knows it. */
	volatile Runnable beforeStart = () -> {
	};

	/** Runs when a thread is about to wait, with what for. */
	volatile Consumer<String> beforeWait = (what) -> {
	};

	GreenScheduler scheduler() {
		return GreenScheduler.builder().engine(this).build();
	}

	@Override
	public Thread thread(String name, Runnable body) {
		this.beforeStart.run();
		return this.jdk.thread(name, body);
	}

	@Override
	public void start(Thread thread) {
		this.jdk.start(thread);
	}

	@Override
	public Runnable schedule(long nanos, Timing timing, Runnable action) {
		return this.jdk.schedule(nanos, timing, action);
	}

	@Override
	public InstantSource clock() {
		return this.jdk.clock();
	}

	@Override
	public void rest(Object blocker, long pause, long left) {
		this.jdk.rest(blocker, pause, left);
	}

	@Override
	public long nanoTime() {
		return this.jdk.nanoTime();
	}

	@Override
	public void checkMayWait(String what, String whose) {
		this.beforeWait.accept(what);
		this.jdk.checkMayWait(what, whose);
	}

	@Override
	public boolean awaitEnd(GreenThread<?> thread, long nanos) throws InterruptedException {
		return this.jdk.awaitEnd(thread, nanos);
	}

	@Override
	public void runAll(List<Runnable> jobs, Countdown time) throws InterruptedException {
		this.jdk.runAll(jobs, time);
	}

	@Override
	public void close() {
		this.jdk.close();
	}

}
