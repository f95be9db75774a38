package io.greenroom.bench;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import io.greenroom.deferred.Deferred;
import io.greenroom.green.GreenScheduler;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
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
 * A call that does not wait, made by 8 virtual threads, until all bodies have run: of a
 * handler, of an executor with one virtual thread, and of an actor.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(3)
public class OnewayCall {

	private static final int PRODUCERS = 8;

	private static final int CALLS = 80_000;

	private GreenScheduler scheduler;

	private Counter handler;

	private Counter target;

	private ExecutorService executor;

	private ActorSystem<Boolean> actor;

	@Setup
	public void open() {
		this.scheduler = GreenScheduler.builder().build();
		this.target = new Counter();
		this.handler = Deferred.of(this.scheduler, this.target).oneway();
		this.executor = Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
		this.actor = ActorSystem.create(Behaviors.receive(Boolean.class).onAnyMessage((any) -> {
			this.target.count();
			return Behaviors.same();
		}).build(), "tally");
	}

	@TearDown
	public void close() {
		this.scheduler.close();
		this.executor.shutdownNow();
		this.actor.terminate();
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void handler() throws Exception {
		byAll(this.handler::count);
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void executor() throws Exception {
		byAll(() -> this.executor.execute(this.target::count));
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void pekkoTell() throws Exception {
		byAll(() -> this.actor.tell(Boolean.TRUE));
	}

	private void byAll(Runnable call) throws InterruptedException {
		CountDownLatch done = this.target.await(CALLS);
		for (int i = 0; i < PRODUCERS; i++) {
			Thread.startVirtualThread(() -> {
				for (int k = 0; k < CALLS / PRODUCERS; k++) {
					call.run();
				}
			});
		}
		done.await();
	}

}
