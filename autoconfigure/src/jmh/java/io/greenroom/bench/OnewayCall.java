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

	private Tally handler;

	private final Tally bare = new Tally();

	private Tally target;

	private ExecutorService executor;

	private final Tally told = new Tally();

	private ActorSystem<Boolean> actor;

	@Setup
	public void open() {
		this.scheduler = GreenScheduler.builder().build();
		this.target = new Tally();
		this.handler = Deferred.of(this.scheduler, this.target).oneway();
		this.executor = Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
		this.actor = ActorSystem.create(Behaviors.receive(Boolean.class).onAnyMessage((any) -> {
			this.told.increment();
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
		byAll(this.target, this.handler::increment);
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void executor() throws Exception {
		byAll(this.bare, () -> this.executor.execute(this.bare::increment));
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void pekkoTell() throws Exception {
		byAll(this.told, () -> this.actor.tell(Boolean.TRUE));
	}

	private static void byAll(Tally tally, Runnable call) throws InterruptedException {
		tally.done = new CountDownLatch(1);
		tally.left = CALLS;
		for (int i = 0; i < PRODUCERS; i++) {
			Thread.startVirtualThread(() -> {
				for (int k = 0; k < CALLS / PRODUCERS; k++) {
					call.run();
				}
			});
		}
		tally.done.await();
	}

	/** Without a lock. */
	public static class Tally {

		private int left;

		private volatile CountDownLatch done;

		public void increment() {
			if (--this.left == 0) {
				this.done.countDown();
			}
		}

	}

}
