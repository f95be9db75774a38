package io.greenroom.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.greenroom.deferred.Deferred;
import io.greenroom.green.GreenScheduler;
import io.greenroom.state.StateMachines;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What an operation costs the more there are of something: handlers, called in turn by one
 * virtual thread; machines, moved in turn by one virtual thread that waits until each
 * rests; virtual threads that call one handler. Handlers are compared with executors that
 * have one virtual thread each: whatever is asked in turn has left the caches when it is
 * asked again, if there is enough of it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(3)
public class GrowthCall {

	private static final int CALLS = 100_000;

	private static final int MOVES = 20_000;

	private static final Duration LIMIT = Duration.ofSeconds(20);

	@Param({ "1", "10", "100", "1000", "10000" })
	private int count;

	private GreenScheduler scheduler;

	private StateMachines machines;

	private List<Counter> handlers;

	private List<Lamp> lamps;

	private int next;

	@Setup
	public void open() {
		this.scheduler = GreenScheduler.builder().build();
		this.machines = StateMachines.builder(this.scheduler).historySize(0).build();
		this.handlers = IntStream.range(0, this.count)
			.mapToObj((i) -> Deferred.of(this.scheduler, new Counter()).sync())
			.toList();
		this.lamps = new ArrayList<>();
		for (int i = 0; i < this.count; i++) {
			Lamp lamp = this.machines.create(Lamp.class);
			lamp.off();
			this.lamps.add(lamp);
		}
	}

	@TearDown
	public void close() {
		this.scheduler.close();
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void handlers() throws InterruptedException {
		Callers.run(1, CALLS, () -> this.handlers.get(next()).increment());
	}

	@Benchmark
	@OperationsPerInvocation(MOVES)
	public void machines() throws InterruptedException {
		Callers.run(1, MOVES, () -> {
			Lamp lamp = this.lamps.get(next());
			try {
				this.machines.of(lamp).moveAndWait(lamp::toggle, LIMIT);
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void callers() throws InterruptedException {
		Callers.run(this.count, CALLS, this.handlers.getFirst()::increment);
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void executors(Peers peers) throws InterruptedException {
		Callers.run(1, CALLS, () -> peers.call(next()));
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void callersOfExecutor(Peers peers) throws InterruptedException {
		Callers.run(this.count, CALLS, () -> peers.call(0));
	}

	private int next() {
		this.next = (this.next + 1 < this.count) ? this.next + 1 : 0;
		return this.next;
	}

	/** Executors with one virtual thread each. */
	@State(Scope.Benchmark)
	public static class Peers {

		private List<ExecutorService> executors;

		private List<Counter> counters;

		@Setup
		public void open(GrowthCall growth) {
			this.executors = IntStream.range(0, growth.count)
				.mapToObj((i) -> Executors.newSingleThreadExecutor(Thread.ofVirtual().factory()))
				.toList();
			this.counters = IntStream.range(0, growth.count).mapToObj((i) -> new Counter()).toList();
		}

		@TearDown
		public void close() {
			this.executors.forEach(ExecutorService::shutdown);
		}

		void call(int index) {
			try {
				this.executors.get(index).submit(this.counters.get(index)::increment).get();
			}
			catch (InterruptedException | ExecutionException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	/** Is moved from outside, and rests. */
	public static class Lamp {

		private boolean on;

		@io.greenroom.state.State(initial = true, transitionsTo = "on")
		protected void off() {
			this.on = false;
		}

		@io.greenroom.state.State(transitionsTo = "off")
		protected void on() {
			this.on = true;
		}

		void toggle() {
			if (this.on) {
				off();
			}
			else {
				on();
			}
		}

	}

}
