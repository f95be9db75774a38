package io.greenroom.bench;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.greenroom.green.worker.Worker;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a step of the worker costs: two routines that give their turn to each other,
 * beside two raw virtual threads that wake each other.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 2, jvmArgsAppend = "--add-opens=java.base/java.lang=ALL-UNNAMED")
public class WorkerStep {

	private static final int STEPS = 100_000;

	@Param({ "BATON", "ONE_CARRIER" })
	String mode;

	private volatile int turn;

	@Benchmark
	@OperationsPerInvocation(STEPS)
	public void work() {
		try (Worker worker = Worker.builder().mode(Worker.Mode.valueOf(this.mode)).build()) {
			for (int i = 0; i < 2; i++) {
				worker.assign(() -> {
					for (int k = 0; k < STEPS / 2; k++) {
						worker.pause();
					}
				});
			}
			worker.work();
		}
	}

	/** One hand-off is one unpark of the other and one park of oneself. */
	@Benchmark
	@OperationsPerInvocation(STEPS)
	public void rawHandOff() throws InterruptedException {
		this.turn = 0;
		Thread[] threads = new Thread[2];
		for (int i = 0; i < 2; i++) {
			int own = i;
			threads[i] = Thread.ofVirtual().unstarted(() -> {
				for (int k = 0; k < STEPS / 2; k++) {
					while (this.turn != own) {
						LockSupport.park();
					}
					this.turn = 1 - own;
					LockSupport.unpark(threads[1 - own]);
				}
			});
		}
		threads[0].start();
		threads[1].start();
		threads[0].join();
		threads[1].join();
	}

}
