package io.greenroom.bench;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.greenroom.green.GreenPool;
import io.greenroom.green.GreenScheduler;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.resilience.annotation.ConcurrencyLimit;
import org.springframework.resilience.annotation.EnableResilientMethods;

/**
 * A trivial task in a pool of eight, handed in without waiting and with waiting, beside
 * Spring's executor of virtual threads with a limit of eight, eight platform threads, and
 * a virtual thread each: unbounded, and before a limit in Spring's or Resilience4j's way.
 * Each iteration also prints how many places the tasks began away from
 * the order in which they were handed in.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(3)
public class PoolOfEight {

	private static final int TASKS = 20_000;

	private static final int SIZE = 8;

	@Param({ "virtual", "platform" })
	String submitter;

	private GreenScheduler scheduler;

	private GreenPool pool;

	private SimpleAsyncTaskExecutor spring;

	private ExecutorService eightThreads;

	private Bulkhead bulkhead;

	private AnnotationConfigApplicationContext context;

	private Limited limited;

	/** Of the last invocation. */
	private Tasks last;

	@Setup
	public void open() {
		this.scheduler = GreenScheduler.builder().build();
		this.pool = this.scheduler.pool("eight").size(SIZE).queueCapacity(TASKS).build();
		this.spring = new SimpleAsyncTaskExecutor("eight-");
		this.spring.setVirtualThreads(true);
		this.spring.setConcurrencyLimit(SIZE);
		this.eightThreads = Executors.newFixedThreadPool(SIZE);
		this.bulkhead = Bulkhead.of("eight",
				BulkheadConfig.custom().maxConcurrentCalls(SIZE).maxWaitDuration(Duration.ofMinutes(1)).build());
		this.context = new AnnotationConfigApplicationContext(Application.class, Limited.class);
		this.limited = this.context.getBean(Limited.class);
	}

	@TearDown
	public void close() {
		this.scheduler.close();
		this.spring.close();
		this.eightThreads.shutdownNow();
		this.context.close();
	}

	@Benchmark
	@OperationsPerInvocation(TASKS)
	public void submit() throws InterruptedException {
		run((task) -> this.pool.submit(task::run));
	}

	@Benchmark
	@OperationsPerInvocation(TASKS)
	public void spawn() throws InterruptedException {
		run((task) -> this.pool.spawn(task::run));
	}

	@Benchmark
	@OperationsPerInvocation(TASKS)
	public void simpleAsyncTaskExecutor() throws InterruptedException {
		run((task) -> this.spring.execute(task));
	}

	@Benchmark
	@OperationsPerInvocation(TASKS)
	public void fixedThreadPool() throws InterruptedException {
		run((task) -> this.eightThreads.execute(task));
	}

	@Benchmark
	@OperationsPerInvocation(TASKS)
	public void concurrencyLimit() throws InterruptedException {
		run((task) -> Thread.startVirtualThread(() -> this.limited.run(task)));
	}

	@Benchmark
	@OperationsPerInvocation(TASKS)
	public void bulkhead() throws InterruptedException {
		run((task) -> Thread.startVirtualThread(() -> this.bulkhead.executeRunnable(task)));
	}

	/** The floor: no bound at all. */
	@Benchmark
	@OperationsPerInvocation(TASKS)
	public void rawVirtualThread() throws InterruptedException {
		run((task) -> Thread.startVirtualThread(task));
	}

	private void run(HandIn handIn) throws InterruptedException {
		Tasks tasks = new Tasks();
		Runnable all = () -> {
			try {
				for (int i = 0; i < TASKS; i++) {
					int place = i;
					handIn.accept(() -> tasks.begin(place));
				}
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		};
		if (this.submitter.equals("virtual")) {
			Thread.startVirtualThread(all);
		}
		else {
			all.run();
		}
		tasks.ended.await();
		this.last = tasks;
	}

	@TearDown(Level.Iteration)
	public void printOrder() {
		int[] sorted = this.last.deviations.clone();
		Arrays.sort(sorted);
		System.out.printf("[order deviation: p99 %d, max %d places] ", sorted[TASKS * 99 / 100 - 1], sorted[TASKS - 1]);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableResilientMethods
	static class Application {

	}

	/** Lets eight in. */
	public static class Limited {

		@ConcurrencyLimit(SIZE)
		public void run(Runnable task) {
			task.run();
		}

	}

	@FunctionalInterface
	private interface HandIn {

		void accept(Runnable task) throws InterruptedException;

	}

	private static final class Tasks {

		private final AtomicInteger begun = new AtomicInteger();

		private final CountDownLatch ended = new CountDownLatch(TASKS);

		private final int[] deviations = new int[TASKS];

		void begin(int place) {
			this.deviations[place] = Math.abs(this.begun.getAndIncrement() - place);
			this.ended.countDown();
		}

	}

}
