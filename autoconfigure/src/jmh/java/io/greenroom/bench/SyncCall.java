package io.greenroom.bench;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

import io.greenroom.deferred.Deferred;
import io.greenroom.deferred.Execution;
import io.greenroom.deferred.HandlerOptions;
import io.greenroom.green.GreenScheduler;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
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
 * A call that waits for its result, made by virtual threads: through a handler's view,
 * through an executor with one thread, by asking an actor, and as a bare hand-off between
 * two threads. And run by the caller while the handler is idle, beside a lock round the
 * same body.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(3)
public class SyncCall {

	private static final int CALLS = 20_000;

	@Param({ "1", "8", "64" })
	int callers;

	private GreenScheduler scheduler;

	private Counter handler;

	private Counter whenIdle;

	private final ReentrantLock lock = new ReentrantLock();

	private final Counter bare = new Counter();

	private ExecutorService executor;

	private ExecutorService platformExecutor;

	@Setup
	public void open() {
		this.scheduler = GreenScheduler.builder().build();
		this.handler = Deferred.of(this.scheduler, new Counter()).sync();
		this.whenIdle = Deferred
			.of(this.scheduler, new Counter(),
					HandlerOptions.builder().execution(Execution.CALLER_WHEN_IDLE).build())
			.sync();
		this.executor = Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
		this.platformExecutor = Executors.newSingleThreadExecutor();
	}

	@TearDown
	public void close() {
		this.scheduler.close();
		this.executor.shutdownNow();
		this.platformExecutor.shutdownNow();
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void handler() throws Exception {
		byAll(this.handler::increment);
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void executor() throws Exception {
		byAll(() -> submitTo(this.executor));
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void platformExecutor() throws Exception {
		byAll(() -> submitTo(this.platformExecutor));
	}

	private void submitTo(ExecutorService executor) {
		try {
			executor.submit(this.bare::increment).get();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void pekkoAsk(Pekko pekko) throws Exception {
		byAll(pekko::ask);
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void callerWhenIdle() throws Exception {
		byAll(this.whenIdle::increment);
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void reentrantLock() throws Exception {
		byAll(() -> {
			this.lock.lock();
			try {
				this.bare.increment();
			}
			finally {
				this.lock.unlock();
			}
		});
	}

	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void monitor() throws Exception {
		byAll(() -> {
			synchronized (this.bare) {
				this.bare.increment();
			}
		});
	}

	/** The floor: two threads that hand one word to each other, with one yield before each park. */
	@Benchmark
	@OperationsPerInvocation(CALLS)
	public void handOff() throws Exception {
		HandOff handOff = new HandOff();
		Thread server = Thread.ofVirtual().unstarted(() -> handOff.serve(CALLS));
		Thread client = Thread.ofVirtual().unstarted(() -> handOff.call(CALLS));
		handOff.server = server;
		handOff.client = client;
		server.start();
		client.start();
		client.join();
		server.join();
	}

	private void byAll(Runnable call) throws InterruptedException {
		Callers.run(this.callers, CALLS, call);
	}

	/** An actor that counts. Its system is started only where it is measured. */
	@State(Scope.Benchmark)
	public static class Pekko {

		private ActorSystem<Asked> actor;

		@Setup
		public void open() {
			this.actor = ActorSystem.create(Behaviors.setup((context) -> {
				Counter counter = new Counter();
				return Behaviors.receive(Asked.class).onAnyMessage((asked) -> {
					asked.from().tell(counter.increment());
					return Behaviors.same();
				}).build();
			}), "counter");
		}

		@TearDown
		public void close() {
			this.actor.terminate();
		}

		void ask() {
			AskPattern.ask(this.actor, Asked::new, Duration.ofSeconds(30), this.actor.scheduler())
				.toCompletableFuture()
				.join();
		}

	}

	/** A message that wants an answer. */
	public record Asked(ActorRef<Integer> from) {

	}

	private static final class HandOff {

		volatile Thread server;

		volatile Thread client;

		volatile boolean asked;

		void serve(int calls) {
			for (int i = 0; i < calls; i++) {
				await(true);
				this.asked = false;
				LockSupport.unpark(this.client);
			}
		}

		void call(int calls) {
			for (int i = 0; i < calls; i++) {
				this.asked = true;
				LockSupport.unpark(this.server);
				await(false);
			}
		}

		private void await(boolean wanted) {
			if (this.asked != wanted) {
				Thread.yield();
			}
			while (this.asked != wanted) {
				LockSupport.park(this);
			}
		}

	}

}
