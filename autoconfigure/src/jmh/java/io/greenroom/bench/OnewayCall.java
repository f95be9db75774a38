package io.greenroom.bench;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.dsl.Disruptor;
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
 * handler, of an executor with one thread, of an actor, and of the consumer of a ring,
 * whose slots are made once and carry nothing.
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

	/** Where the ring is full, a producer waits; a power of two. */
	private static final int RING = 1 << 14;

	private GreenScheduler scheduler;

	private Counter handler;

	private Counter target;

	private ExecutorService executor;

	private ExecutorService platformExecutor;

	private Disruptor<Object> disruptor;

	private RingBuffer<Object> ring;

	@Setup
	public void open() {
		this.scheduler = GreenScheduler.builder().build();
		this.target = new Counter();
		this.handler = Deferred.of(this.scheduler, this.target).oneway();
		this.executor = Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
		this.platformExecutor = Executors.newSingleThreadExecutor();
		this.disruptor = new Disruptor<>(Object::new, RING, Thread.ofPlatform().daemon().factory());
		this.disruptor.handleEventsWith((slot, sequence, last) -> this.target.count());
		this.ring = this.disruptor.start();
	}

	@TearDown
	public void close() {
		this.scheduler.close();
		this.executor.shutdownNow();
		this.platformExecutor.shutdownNow();
		this.disruptor.shutdown();
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
	public void platformExecutor() throws Exception {
		byAll(() -> this.platformExecutor.execute(this.target::count));
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void disruptor() throws Exception {
		byAll(() -> this.ring.publish(this.ring.next()));
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void pekkoTell(Pekko pekko) throws Exception {
		byAll(() -> pekko.actor.tell(Boolean.TRUE));
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

	/** An actor that counts. Its system is started only where it is measured. */
	@State(Scope.Benchmark)
	public static class Pekko {

		private ActorSystem<Boolean> actor;

		@Setup
		public void open(OnewayCall calls) {
			this.actor = ActorSystem.create(Behaviors.receive(Boolean.class).onAnyMessage((any) -> {
				calls.target.count();
				return Behaviors.same();
			}).build(), "tally");
		}

		@TearDown
		public void close() {
			this.actor.terminate();
		}

	}

}
