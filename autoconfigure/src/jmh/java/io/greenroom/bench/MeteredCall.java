package io.greenroom.bench;

import java.util.concurrent.TimeUnit;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.Execution;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.green.GreenScheduler;
import io.greenroom.metrics.internal.MeterObserver;
import io.greenroom.observe.Observer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What meters cost a call, on the shortest way that a call can take: its caller runs it.
 * With {@code -prof gc}, also how much a call allocates for them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(3)
public class MeteredCall {

	@Param({ "false", "true" })
	private boolean meters;

	private GreenScheduler scheduler;

	private Counter counter;

	@Setup
	public void open() {
		Observer observer = this.meters ? new MeterObserver(new SimpleMeterRegistry()) : Observer.NONE;
		this.scheduler = GreenScheduler.builder().observer(observer).build();
		this.counter = Deferred
			.of(this.scheduler, new Counter(), HandlerOptions.builder().execution(Execution.CALLER_WHEN_IDLE).build())
			.sync();
	}

	@TearDown
	public void close() {
		this.scheduler.close();
	}

	@Benchmark
	public int call() {
		return this.counter.increment();
	}

}
