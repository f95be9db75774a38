package io.greenroom.green;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.greenroom.observe.Observer;
import io.greenroom.observe.ThreadGauges;
import io.greenroom.observe.ThreadListener;

import static org.assertj.core.api.Assertions.assertThat;

/** Keeps what a scheduler says about its threads. */
final class CountingObserver implements Observer, ThreadListener {

	private final AtomicInteger spawned = new AtomicInteger();

	private final List<Throwable> failures = new CopyOnWriteArrayList<>();

	private final BlockingQueue<Throwable> reports = new LinkedBlockingQueue<>();

	private final AtomicReference<ThreadGauges> gauges = new AtomicReference<>(() -> 0);

	@Override
	public ThreadListener threads(String scheduler, ThreadGauges gauges) {
		this.gauges.set(gauges);
		return this;
	}

	@Override
	public void spawned() {
		this.spawned.incrementAndGet();
	}

	@Override
	public void failed(String thread, Throwable failure) {
		this.failures.add(failure);
		this.reports.add(failure);
	}

	int spawnedCount() {
		return this.spawned.get();
	}

	List<Throwable> failures() {
		return this.failures;
	}

	/**
	 * Waits for a report: the last thing a dying thread does, after its outcome is out.
	 */
	Throwable awaitFailure() throws InterruptedException {
		Throwable failure = this.reports.poll(20, TimeUnit.SECONDS);
		assertThat(failure).as("reported failure").isNotNull();
		return Objects.requireNonNull(failure);
	}

	int live() {
		return this.gauges.get().live();
	}

}
