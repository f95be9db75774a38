package io.greenroom.bench;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import io.greenroom.deferred.Deferred;
import io.greenroom.green.GreenScheduler;
import io.greenroom.green.Timeout;
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
 * A call that waits no longer than a time of its own, made by a virtual thread, beside one
 * that waits as long as its handler says, and beside an executor's future; and a block with
 * a timeout round nothing. No time runs out.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(3)
public class TimedCall {

	private static final int CALLS = 10_000;

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private GreenScheduler scheduler;

	private Counter plain;

	private Counter timed;

	private final Counter bare = new Counter();

	private ExecutorService executor;

	@Setup
	public void open() {
		this.scheduler = GreenScheduler.builder().build();
		Deferred<Counter> counter = Deferred.of(this.scheduler, new Counter());
		this.plain = counter.sync();
		this.timed = counter.sync(LIMIT);
		this.executor = Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
	}

	@TearDown
	public void close() {
		this.scheduler.close();
		this.executor.shutdownNow();
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void plain() throws InterruptedException {
		Callers.run(1, CALLS, this.plain::increment);
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void timed() throws InterruptedException {
		Callers.run(1, CALLS, this.timed::increment);
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void executor() throws InterruptedException {
		Callers.run(1, CALLS, () -> {
			try {
				this.executor.submit(this.bare::increment).get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void block() throws InterruptedException {
		Callers.run(1, CALLS, () -> {
			try {
				Timeout.after(LIMIT).run(this.bare::increment);
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

}
