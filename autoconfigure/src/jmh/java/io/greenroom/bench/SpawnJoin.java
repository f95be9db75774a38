package io.greenroom.bench;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import io.greenroom.green.GreenScheduler;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Starting a thread and waiting for its end, by a virtual thread: a green one, a raw
 * virtual one, one of an executor, a platform thread, and a raw virtual one that binds a
 * scoped value, which is what another way of knowing the current green thread would cost.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class SpawnJoin {

	private static final int SPAWNS = 10_000;

	private static final ScopedValue<SpawnJoin> CURRENT = ScopedValue.newInstance();

	private GreenScheduler scheduler;

	private ExecutorService virtualExecutor;

	private int count;

	@Setup
	public void open() {
		this.scheduler = GreenScheduler.builder().build();
		this.virtualExecutor = Executors.newVirtualThreadPerTaskExecutor();
	}

	@TearDown
	public void close() {
		this.scheduler.close();
		this.virtualExecutor.close();
	}

	@Benchmark
	@OperationsPerInvocation(SPAWNS)
	public int green() throws Exception {
		return onVirtualThread(() -> this.scheduler.spawn(() -> {
			this.count++;
		}).join());
	}

	@Benchmark
	@OperationsPerInvocation(SPAWNS)
	public int raw() throws Exception {
		return onVirtualThread(() -> Thread.ofVirtual().start(() -> this.count++).join());
	}

	@Benchmark
	@OperationsPerInvocation(SPAWNS)
	public int virtualExecutor() throws Exception {
		return onVirtualThread(() -> {
			try {
				this.virtualExecutor.submit(() -> this.count++).get();
			}
			catch (ExecutionException ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	@Benchmark
	@OperationsPerInvocation(SPAWNS)
	public int platform() throws Exception {
		return onVirtualThread(() -> Thread.ofPlatform().start(() -> this.count++).join());
	}

	@Benchmark
	@OperationsPerInvocation(SPAWNS)
	public int rawWithScopedValue() throws Exception {
		return onVirtualThread(() -> Thread.ofVirtual()
			.start(() -> ScopedValue.where(CURRENT, this).run(() -> this.count++))
			.join());
	}

	private int onVirtualThread(Step step) throws Exception {
		Thread thread = Thread.ofVirtual().start(() -> {
			try {
				for (int i = 0; i < SPAWNS; i++) {
					step.run();
				}
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
		thread.join();
		return this.count;
	}

	private interface Step {

		void run() throws InterruptedException;

	}

}
